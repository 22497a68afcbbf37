"""The bank as its faces see it: three services, the policy and the clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from reference_impl.clock import Clock
from reference_impl.domain.policy import Policy
from reference_impl.service.contract import ControlService, CustomerService, StaffService
from reference_impl.service.control import Control
from reference_impl.service.core import Core
from reference_impl.service.customers import Customers
from reference_impl.service.staff import Staff
from reference_impl.settings import Profile, Settings
from reference_impl.store.engine import open_store
from reference_impl.store.passwords import Passwords


@dataclass(frozen=True)
class Bank:
    """Everything a face needs. ``cookie_key`` signs cookies and is stable over restarts."""

    customers: CustomerService
    staff: StaffService
    control: ControlService
    policy: Policy
    clock: Clock
    cookie_key: bytes = field(repr=False)


def build_bank(settings: Settings, clock: Clock) -> Bank:
    """Open the store and put the services over it.

    StoreError (one line, Japanese / English) if the database cannot be used.
    """
    production = settings.profile is Profile.PRODUCTION
    store = open_store(settings.database, production=production)
    core = Core(
        store=store,
        policy=settings.policy,
        clock=clock,
        passwords=Passwords(cheap=not production),
        demo=settings.demo,
    )
    return Bank(
        customers=Customers(core),
        staff=Staff(core),
        control=Control(core),
        policy=settings.policy,
        clock=clock,
        cookie_key=store.seal.derive("cookie"),
    )
