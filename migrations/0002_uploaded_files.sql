-- Local files that the service was given, each content once for all processes (Darkroom.Jobs.Uploads).

-- Whether the files of a batch are deleted at the service when the batch has ended.
alter table batch add column delete_uploads boolean not null default false;

create table uploaded_file (
    endpoint      text collate "C" not null,
    sha256        text collate "C" not null,
    state         text not null,
    -- Who uploads it; when that process's lease has ended, another may.
    process_id    bigint,
    file_id       text,
    expires_at    timestamptz,
    uploaded_at   timestamptz,
    primary key (endpoint, sha256),
    constraint uploaded_file_state_known check (state in ('uploading', 'ready', 'deleting')),
    constraint uploaded_file_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
    constraint uploaded_file_uploading_has_process check ((state = 'uploading') = (process_id is not null)),
    constraint uploaded_file_uploading_has_no_file check ((state = 'uploading') = (file_id is null))
);

create table uploaded_file_use (
    endpoint      text collate "C" not null,
    sha256        text collate "C" not null,
    batch_id      text collate "C" not null references batch (id) on delete cascade,
    primary key (endpoint, sha256, batch_id),
    foreign key (endpoint, sha256) references uploaded_file (endpoint, sha256) on delete cascade
);
create index uploaded_file_use_batch on uploaded_file_use (batch_id);
