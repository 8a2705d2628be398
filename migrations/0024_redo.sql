-- compatible
-- A person may have a good image made again. It is paid for again, whatever would be reused; and the rows of the images that it takes the place of are kept, since the
-- files are: nothing that was paid for gets out of sight.

alter table item add column pay_again boolean not null default false;

create table former_output (
    item_id bigint not null references item (id) on delete cascade,
    number smallint not null,
    attempt_id bigint not null references attempt (id) on delete cascade,
    path text not null unique,
    bytes bigint not null,
    sha256 text not null,
    format text not null,
    width integer,
    height integer,
    replaced_at timestamptz not null default now(),
    primary key (attempt_id, number)
);

create index former_output_item on former_output (item_id);
