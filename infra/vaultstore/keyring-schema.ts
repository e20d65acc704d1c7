/** Raised with every change of the tables: files of another version are refused, not guessed at. */
export const KEYRING_VERSION = 2;

/**
 * Wrapped secrets stand in a table of their own, in rows of one size that are appended, overwritten in place and never moved or deleted:
 * a destroyed secret then has had one place in the file only. The triggers keep a destroyed key destroyed, whoever writes, and let every
 * process see that something was destroyed.
 */
export const KEYRING_SCHEMA = `
CREATE TABLE ring(id TEXT NOT NULL) STRICT;
CREATE TABLE epoch(one INTEGER PRIMARY KEY CHECK(one = 1), value INTEGER NOT NULL) STRICT;
INSERT INTO epoch VALUES (1, 0);
CREATE TABLE secrets(id INTEGER PRIMARY KEY, wrapped BLOB NOT NULL CHECK(length(wrapped) = 105)) STRICT;
CREATE TABLE ciphertexts(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE roots(
  id BLOB PRIMARY KEY, source TEXT NOT NULL, root_check BLOB NOT NULL, commitment BLOB NOT NULL UNIQUE,
  salt BLOB NOT NULL, cost INTEGER NOT NULL, block_size INTEGER NOT NULL, parallelization INTEGER NOT NULL,
  ciphertext INTEGER REFERENCES ciphertexts(id), place TEXT, state TEXT NOT NULL CHECK(state IN ('active', 'next', 'retiring', 'retired')),
  created_at TEXT NOT NULL, retired_at TEXT, bridge INTEGER REFERENCES secrets(id), needles BLOB
) STRICT;
CREATE TABLE adopted(holder TEXT PRIMARY KEY, root BLOB NOT NULL) STRICT;
CREATE TABLE keys(
  id INTEGER PRIMARY KEY REFERENCES secrets(id), kind TEXT NOT NULL, tenant BLOB NOT NULL, name BLOB NOT NULL,
  key_id BLOB NOT NULL, wrapper BLOB NOT NULL, shares INTEGER NOT NULL CHECK(shares = 1), commitment BLOB NOT NULL, created_at TEXT NOT NULL,
  destroyed_at TEXT, erasure TEXT, certificate TEXT, needle BLOB,
  UNIQUE(kind, tenant, name)
) STRICT;
CREATE INDEX destroyed_keys ON keys(commitment) WHERE destroyed_at IS NOT NULL;
CREATE TABLE holds(
  tenant BLOB NOT NULL, matter BLOB NOT NULL, approver BLOB NOT NULL, expires_at TEXT NOT NULL, put_at TEXT NOT NULL, released_at TEXT,
  PRIMARY KEY(tenant, matter)
) STRICT;
CREATE TABLE hold_subjects(tenant BLOB NOT NULL, subject BLOB NOT NULL, matter BLOB NOT NULL, PRIMARY KEY(tenant, subject, matter)) STRICT;
CREATE TRIGGER no_return BEFORE INSERT ON keys
  WHEN NEW.destroyed_at IS NULL AND EXISTS (SELECT 1 FROM keys WHERE commitment = NEW.commitment AND destroyed_at IS NOT NULL)
  BEGIN SELECT RAISE(ABORT, 'destroyed'); END;
CREATE TRIGGER stays_destroyed BEFORE UPDATE ON keys WHEN OLD.destroyed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'destroyed'); END;
CREATE TRIGGER keeps_record BEFORE DELETE ON keys WHEN OLD.destroyed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'destroyed'); END;
CREATE TRIGGER no_refill BEFORE UPDATE ON secrets
  WHEN NEW.wrapped <> zeroblob(105) AND EXISTS (SELECT 1 FROM keys WHERE id = OLD.id AND destroyed_at IS NOT NULL)
  BEGIN SELECT RAISE(ABORT, 'destroyed'); END;
CREATE TRIGGER key_ended AFTER UPDATE OF destroyed_at ON keys BEGIN UPDATE epoch SET value = value + 1; END;
CREATE TRIGGER root_changed AFTER UPDATE OF state ON roots BEGIN UPDATE epoch SET value = value + 1; END;
CREATE TRIGGER root_added AFTER INSERT ON roots BEGIN UPDATE epoch SET value = value + 1; END;
CREATE TRIGGER root_stays BEFORE DELETE ON roots BEGIN SELECT RAISE(ABORT, 'a root key stays on record'); END;
CREATE TRIGGER root_stays_ended BEFORE UPDATE OF state ON roots
  WHEN OLD.state = 'retired' OR (OLD.state = 'retiring' AND NEW.state <> 'retired') BEGIN SELECT RAISE(ABORT, 'destroyed'); END;`;
