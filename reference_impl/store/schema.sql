-- Moments are whole microseconds since 1970 UTC, written by the application and never by SQL.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE customers (
  customer_id INTEGER PRIMARY KEY AUTOINCREMENT,
  login_id TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  confirmation_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  base STATUS NOT NULL,
  kind KIND,
  ordered BOOLEAN NOT NULL,
  suspended BOOLEAN NOT NULL,
  failures INTEGER NOT NULL,
  confirmation_failures INTEGER NOT NULL,
  activation_failures INTEGER NOT NULL,
  last_kind KIND,
  deactivated_at MOMENT,
  version INTEGER NOT NULL DEFAULT 0 -- raised by every change; whoever read another has lost the race
);

CREATE TABLE tokens (
  token_id INTEGER PRIMARY KEY AUTOINCREMENT,
  serial TEXT NOT NULL UNIQUE,
  kind KIND NOT NULL,
  state TOKEN_STATE NOT NULL,
  expires_at MOMENT NOT NULL,
  sealed_secret TEXT NOT NULL,
  holder INTEGER REFERENCES customers (customer_id),
  reserved_for TEXT,
  last_step INTEGER
);
CREATE UNIQUE INDEX one_active_token_per_customer ON tokens (holder) WHERE state = 'active';

CREATE TABLE orders (
  order_id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id INTEGER NOT NULL REFERENCES customers (customer_id),
  kind KIND NOT NULL,
  ship_to TEXT NOT NULL,
  status ORDER_STATUS NOT NULL,
  token_id INTEGER REFERENCES tokens (token_id),
  applied_at MOMENT NOT NULL,
  dispatched_at MOMENT
);
CREATE UNIQUE INDEX one_open_order_per_customer ON orders (customer_id)
  WHERE status IN ('accepted', 'dispatched');

CREATE TABLE sessions (
  id_hash TEXT PRIMARY KEY,
  realm TEXT NOT NULL,
  customer_id INTEGER REFERENCES customers (customer_id),
  staff_id TEXT,
  created_at MOMENT NOT NULL,
  seen_at MOMENT NOT NULL
);
CREATE INDEX sessions_of_customers ON sessions (customer_id);
CREATE INDEX sessions_by_time ON sessions (created_at);

CREATE TABLE submissions (
  customer_id INTEGER NOT NULL REFERENCES customers (customer_id),
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

CREATE TABLE wrong_passwords (
  whose TEXT PRIMARY KEY, -- hashed realm and ID as typed: nobody learns which IDs exist
  failures INTEGER NOT NULL,
  at MOMENT NOT NULL
);
CREATE INDEX wrong_passwords_by_time ON wrong_passwords (at);

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
