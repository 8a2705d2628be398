using System.Text;
using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>The schema as the migrations make it against the one that was reviewed.</summary>
public sealed class SchemaTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    // To refresh schema.txt on purpose, run this class with the variable set.
    private const string Refresh = "DARKROOM_REFRESH_SCHEMA";

    private const string Dump = """
        select line from (
            select 1 as part, c.relname as name, 0 as at, 'table ' || c.relname || coalesce(' with ' || array_to_string(c.reloptions, ', '), '') as line
            from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
            union all
            select 1, c.relname, a.attnum,
                   '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                   || case when a.attcollation <> 0 and co.collname <> 'default' then ' collate ' || co.collname else '' end
                   || case when a.attnotnull then ' not null' else '' end
                   || case when a.attidentity = 'a' then ' generated always as identity' else '' end
                   || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
            from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
            left join pg_collation co on co.oid = a.attcollation
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
            union all
            select 2, c.relname || ' ' || k.conname, 0, 'constraint ' || c.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid)
            from pg_constraint k join pg_class c on c.oid = k.conrelid where c.relnamespace = 'public'::regnamespace and k.contype <> 'n'
            union all
            select 3, i.indexname, 0, i.indexdef from pg_indexes i where i.schemaname = 'public'
            union all
            select 4, s.sequencename, 0, 'sequence ' || s.sequencename || ' ' || s.data_type || ' from ' || s.start_value || ' by ' || s.increment_by || ' cache ' || s.cache_size
            from pg_sequences s where s.schemaname = 'public'
            union all
            select 5, p.proname, 0, pg_get_functiondef(p.oid) from pg_proc p where p.pronamespace = 'public'::regnamespace) parts
        order by part, name collate "C", at, line collate "C"
        """;

    [Fact]
    public async Task Migrations_Always_MakeTheSchemaThatIsCheckedIn()
    {
        var dump = new StringBuilder();
        await using (var command = Source.CreateCommand(Dump))
        await using (var reader = await command.ExecuteReaderAsync(Cancel))
        {
            while (await reader.ReadAsync(Cancel)) dump.Append(reader.GetString(0).TrimEnd()).Append('\n');
        }

        var file = Path.Combine(Repository.Root, "tests", "Storage.Tests", "Postgres", "schema.txt");
        if (Environment.GetEnvironmentVariable(Refresh) is { Length: > 0 }) await File.WriteAllTextAsync(file, dump.ToString(), Cancel);
        dump.ToString().ShouldBe(
            await File.ReadAllTextAsync(file, Cancel),
            $"The schema isn't the one in {file}. If the change is meant, run this test once with {Refresh}=1 and check the file in.");
    }
}
