-- Moments are whole microseconds since 1970 UTC, written by the application and never by SQL.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE customers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  login_id TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  confirmation_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  base TEXT NOT NULL,
  kind TEXT,
  ordered BOOLEAN NOT NULL,
  suspended BOOLEAN NOT NULL,
  failures INTEGER NOT NULL,
  confirmation_failures INTEGER NOT NULL,
  activation_failures INTEGER NOT NULL,
  last_kind TEXT,
  deactivated_at MOMENT,
  version INTEGER NOT NULL DEFAULT 0 -- raised by every change; whoever read another has lost the race
);

CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  serial TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  expires_at MOMENT NOT NULL,
  sealed_secret TEXT NOT NULL,
  holder_id INTEGER REFERENCES customers (id),
  reserved_for TEXT,
  last_step INTEGER
);
CREATE UNIQUE INDEX one_active_token_per_customer ON tokens (holder_id) WHERE state = 'active';

CREATE TABLE orders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  kind TEXT NOT NULL,
  ship_to TEXT NOT NULL,
  status TEXT NOT NULL,
  token_id INTEGER REFERENCES tokens (id),
  applied_at MOMENT NOT NULL,
  dispatched_at MOMENT
);
CREATE UNIQUE INDEX one_open_order_per_customer ON orders (customer_id)
  WHERE status IN ('accepted', 'dispatched');

CREATE TABLE sessions (
  id_hash TEXT PRIMARY KEY,
  realm TEXT NOT NULL,
  customer_id INTEGER REFERENCES customers (id),
  staff_id TEXT,
  created_at MOMENT NOT NULL,
  seen_at MOMENT NOT NULL
);
CREATE INDEX sessions_of_customers ON sessions (customer_id);

CREATE TABLE submissions (
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  form_hash TEXT NOT NULL,
  use_case TEXT NOT NULL,
  digest TEXT NOT NULL,
  outcome TEXT NOT NULL,
  at MOMENT NOT NULL,
  PRIMARY KEY (customer_id, form_hash)
);
CREATE INDEX submissions_by_time ON submissions (at);

CREATE TABLE staff (
  staff_id TEXT PRIMARY KEY,
  password_hash TEXT NOT NULL
);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at MOMENT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
);

CREATE TABLE notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at MOMENT NOT NULL,
  login_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX notices_of_customers ON notices (login_id);
