namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements that give the private cluster its roles and its database. All can be repeated.</summary>
internal static class PrivateDatabaseSql
{
    /// <summary>
    /// For PostgreSQL's single-user mode, where nobody else is connected. Clusters of earlier versions have the program's role as their superuser, the one that
    /// owns the system's tables and can't be made less; so it gets another name, and a plain role takes the old one. The role that renames can't
    /// log in; it is removed later, since the session that was it can't do that.
    /// </summary>
    public const string RenameSuperuser = """
        -- name: PrivateDatabase.RenameSuperuser
        do $$
        begin
            if (select rolname from pg_authid where oid = 10) = 'darkroom' then
                create role darkroom_renames superuser;
                set local session authorization darkroom_renames;
                alter role darkroom rename to darkroom_admin;
                alter role darkroom_admin password null;
            end if;
        end
        $$;
        """;

    public const string EnsureRole = """
        -- name: PrivateDatabase.EnsureRole
        do $$
        begin
            drop role if exists darkroom_renames;
            if not exists (select from pg_roles where rolname = 'darkroom') then
                create role darkroom login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
            end if;
        end
        $$
        """;

    public const string HasPassword = """
        -- name: PrivateDatabase.HasPassword
        select rolpassword is not distinct from $1 from pg_authid where rolname = 'darkroom'
        """;

    public const string Exists = """
        -- name: PrivateDatabase.Exists
        select exists (select from pg_database where datname = 'darkroom')
        """;

    public const string Create = """
        -- name: PrivateDatabase.Create
        create database darkroom owner darkroom
        """;

    // What was made while the program's role was the superuser. REASSIGN OWNED refuses the superuser who owns the system's tables. Indexes, sequences of columns
    // and types of tables go with their tables.
    public const string OwnAll = """
        -- name: PrivateDatabase.OwnAll
        do $$
        declare
            command text;
        begin
            for command in
                select format('alter database %I owner to darkroom', datname) from pg_database where datname = 'darkroom' and datdba <> 'darkroom'::regrole
                union all
                select format('alter schema %I owner to darkroom', nspname) from pg_namespace
                where nspname !~ '^pg_' and nspname not in ('information_schema', 'public') and nspowner <> 'darkroom'::regrole
                union all
                select format('alter %s %s owner to darkroom', case c.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end, c.oid::regclass)
                from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relowner <> 'darkroom'::regrole and c.relkind in ('r', 'p', 'v', 'm', 'S')
                  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i', 'e') and c.relkind = 'S')
                union all
                select format('alter routine %s owner to darkroom', p.oid::regprocedure)
                from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and p.proowner <> 'darkroom'::regrole
                union all
                select format('alter type %s owner to darkroom', t.oid::regtype)
                from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
                where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and t.typowner <> 'darkroom'::regrole
                  and (t.typtype in ('e', 'd') or t.typtype = 'c' and c.relkind = 'c')
            loop
                execute command;
            end loop;
        end
        $$
        """;

    /// <summary>Sets the password; the verifier, whose characters need no quoting, goes between the two.</summary>
    public const string SetPassword = """
        -- name: PrivateDatabase.SetPassword
        alter role darkroom password '{0}'
        """;
}
