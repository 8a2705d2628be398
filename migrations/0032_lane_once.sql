-- compatible
-- A process works on a batch in one lane. Two lanes of a batch that an engine gives to one process in the same moment each found no other running, and both ran:
-- the second one failed and was taken for live all the same, so that the other process got none until the engine's next look for what failed.
update lane l set state = 'ended', ended_at = now()
where l.state = 'running' and exists (select from lane o where o.batch_id = l.batch_id and o.process_id = l.process_id and o.state = 'running' and o.id < l.id);

create unique index lane_running on lane (batch_id, process_id) where state = 'running';
