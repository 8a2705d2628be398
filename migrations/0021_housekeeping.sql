-- compatible
-- Rows that nobody needs any more are found by an index; and tables are vacuumed by what happens to them, for millions of items.

create index lane_ended on lane (ended_at) where state = 'ended';

-- An attempt is written twice, once when it begins and once when it ends; room on the page keeps the second write there.
alter table attempt set (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
-- Only added to: vacuum marks pages as seen by all, so that sums can be read off the index.
alter table output set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
alter table ledger set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
-- A handful of rows, written many times a second: vacuumed by count, since a fifth of nearly nothing is reached all the time or never.
alter table limit_bucket set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table limit_slot set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table budget set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table lane set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table process set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
