-- Who may do what, who did what, and submissions that must not happen twice.

-- The secret part of a key isn't here, only its SHA-256: keys are 256 random bits, so there is nothing to guess or to look up.
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

-- Append-only. Stands by itself: it outlives the rows it speaks of.
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

-- What signs cookies: shared, so that a sign-in at one worker holds at all of them.
create table data_key (
    name          text collate "C" primary key,
    xml           text not null,
    created_at    timestamptz not null default now()
);
