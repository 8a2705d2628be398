-- Sign-ins live in the database, so that signing out ends them at every worker. A cookie holds 256 random bits and this table their SHA-256: whoever reads the
-- table can't make a cookie from it.
create table session (
    sha256        bytea primary key,
    key_id        text collate "C" references access_key (id) on delete cascade,   -- null: this machine's own user, let in by the worker's token
    created_at    timestamptz not null default now(),
    expires_at    timestamptz not null,
    constraint session_sha256_form check (octet_length(sha256) = 32)
);
create index session_key on session (key_id) where key_id is not null;
