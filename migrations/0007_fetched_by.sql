-- Who fetches what a batch's manifest names by http(s) address (Darkroom.Jobs.Sources.FetchedBy).

alter table batch add column fetched_by text not null default 'service';
alter table batch add constraint batch_fetched_by_known check (fetched_by in ('service', 'worker'));
