-- Who may do what, who did what, sign-ins, and submissions that must not happen twice.

-- A key holds 256 random bits, so there is nothing to guess: the table has only the SHA-256 of its secret part.
create table access_key (
    id            text collate "C" primary key,
    name          text collate "C" not null,
    role          text not null,
    sha256        bytea not null,
    created_at    timestamptz not null default now(),
    created_by    text not null,
    constraint access_key_name unique (name),
    constraint access_key_role_known check (role in ('viewer', 'operator', 'admin')),
    constraint access_key_sha256_form check (octet_length(sha256) = 32)
);

-- Sign-ins are in the database, so that signing out ends them at every worker. The cookie holds 256 random bits and this table their SHA-256: nobody who reads
-- the table can make a cookie from it.
create table session (
    sha256        bytea primary key,
    -- Null: this machine's own user, let in by the worker's token.
    key_id        text collate "C" references access_key (id) on delete cascade,
    created_at    timestamptz not null default now(),
    expires_at    timestamptz not null,
    constraint session_sha256_form check (octet_length(sha256) = 32)
);
create index session_key on session (key_id) where key_id is not null;

-- Rows are only added and have no foreign keys: they outlive the batches that they name.
create table audit (
    id            bigint generated always as identity primary key,
    at            timestamptz not null default now(),
    actor         text not null,
    via           text not null,
    action        text not null,
    batch_id      text collate "C",
    detail        jsonb not null
);
create index audit_batch on audit (batch_id, id) where batch_id is not null;

-- A submission repeated with the same key finds its batch; sha256 tells whether it is the same request.
create table submission (
    owner         text collate "C" not null,
    key           text collate "C" not null,
    batch_id      text collate "C" not null references batch (id) on delete cascade deferrable initially deferred,
    sha256        bytea not null,
    created_at    timestamptz not null default now(),
    primary key (owner, key),
    constraint submission_sha256_form check (octet_length(sha256) = 32)
);
create index submission_batch on submission (batch_id);

-- The keys that sign cookies, shared by all workers, so that a sign-in at one worker holds at every other.
create table data_key (
    name          text collate "C" primary key,
    xml           text not null,
    created_at    timestamptz not null default now()
);
