using System.CommandLine;
using System.Text.Json.Nodes;
using Darkroom.Storage.Postgres.Migrations;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Hosting;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom migrate</c>.</summary>
internal static class MigrateCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("migrate", "Migrates the database to this program's schema. Other commands do this automatically.\n\nExamples:\n  ConnectionStrings__Postgres=… darkroom migrate\n  darkroom migrate --dry-run\n  darkroom migrate --force");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only list what would be applied." };
        var json = CommonOptions.Json();
        var force = new Option<bool>("--force") { Description = "Migrate even while workers run that can't work with the new schema; they stop within half a minute. Without this flag the migration is refused." };
        command.Add(dryRun);
        command.Add(force);
        command.Add(json);
        command.SetAction(async (parsed, _) =>
        {
            await using var session = await DarkroomSession.OpenAsync(
                DarkroomConfiguration.Load(context.Surroundings), context.Folder, context.Error.WriteLine, migrate: false, context.Signals.Stop);
            await session.RequireSuitableDatabaseAsync(context.Signals.Stop);
            var migrator = new Migrator(session.Database) { Say = context.Error.WriteLine };
            var dry = parsed.GetValue(dryRun);
            var names = (dry ? await migrator.GetPendingAsync(context.Signals.Stop) : await migrator.MigrateAsync(parsed.GetValue(force), context.Signals.Stop)).Select(migration => migration.Name).ToList();
            if (parsed.GetValue(json)) await context.Output.WriteLineAsync(new JsonObject { [dry ? "pending" : "applied"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) }.ToJsonString());
            else if (names.Count == 0) await context.Output.WriteLineAsync("The database is up to date.");
            else foreach (var name in names) await context.Output.WriteLineAsync($"{(dry ? "would apply" : "applied")} {name}");
            return ExitCodes.Success;
        });
        return command;
    }
}
