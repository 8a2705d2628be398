using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Access;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom key add | list | remove</c>.</summary>
internal static class KeyCommands
{
    private const string Description = """
        Manages access keys for the HTTP API and the dashboard. Without any key, a worker serves its own machine only.
        Roles: viewer may look, operator may also submit and control batches, admin may do everything.

        Examples:
          darkroom key add ci --role operator
          darkroom key list
          darkroom key remove ci
        """;

    private const int MaxName = 80;

    public static Command Create(CliContext context) => new("key", Description) { Add(context), List(context), Remove(context) };

    private static Command Add(CliContext context)
    {
        var command = new Command("add", "Creates a key and prints it once, on stdout. Only its hash is stored.\n\nExamples:\n  darkroom key add ci --role operator > ci.key\n  darkroom key add anna --role viewer --json");
        var name = Name();
        var role = new Option<string>("--role") { Description = "viewer, operator or admin.", DefaultValueFactory = _ => "viewer" };
        role.AcceptOnlyFromAmong("viewer", "operator", "admin");
        var json = CommonOptions.Json();
        command.Add(name);
        command.Add(role);
        command.Add(json);
        command.SetAction(async (parsed, _) =>
        {
            var wanted = parsed.GetRequiredValue(name);
            if (wanted.Length > MaxName || string.IsNullOrWhiteSpace(wanted) || wanted.Any(char.IsControl)) throw new CliException($"A key's name has 1 to {MaxName} characters.");
            var (token, text) = KeyToken.Create();
            await using var desk = await Desk.LocalAsync(context);
            if (!await desk.Get<IAccessKeyStore>().AddAsync(wanted, Enum.Parse<AccessRole>(parsed.GetRequiredValue(role), ignoreCase: true), token, desk.By, context.Signals.Stop))
                throw new CliException($"There is a key {wanted} already; take another name, or remove it first: darkroom key remove {wanted}");
            await context.Error.WriteLineAsync("This is the only time that the key is shown.");
            await context.Output.WriteLineAsync(parsed.GetValue(json) ? new JsonObject { ["name"] = wanted, ["role"] = parsed.GetRequiredValue(role), ["key"] = text }.ToJsonString() : text);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command List(CliContext context)
    {
        var command = new Command("list", "Lists the keys, without their secret part.\n\nExamples:\n  darkroom key list\n  darkroom key list --json");
        var json = CommonOptions.Json();
        command.Add(json);
        command.SetAction(async (parsed, _) =>
        {
            await using var desk = await Desk.LocalAsync(context);
            var keys = await desk.Get<IAccessKeyStore>().ListAsync(context.Signals.Stop);
            if (parsed.GetValue(json)) await context.Output.WriteLineAsync(new JsonArray([.. keys.Select(Shape)]).ToJsonString());
            else if (keys.Count == 0) context.OutputConsole.WriteLine("No keys: a worker serves its own machine only.");
            else
            {
                var table = new Table().Border(TableBorder.Simple).AddColumns("name", "role", "created", "by");
                foreach (var key in keys) table.AddRow(new Text(key.Name), new Text(RoleOf(key)), new Text(Day(key)), new Text(key.CreatedBy));
                context.OutputConsole.Write(table);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Remove(CliContext context)
    {
        var command = new Command("remove", "Removes a key. The key, and sessions opened with it, stop working at once.\n\nExamples:\n  darkroom key remove ci");
        var name = Name();
        command.Add(name);
        command.SetAction(async (parsed, _) =>
        {
            var wanted = parsed.GetRequiredValue(name);
            await using var desk = await Desk.LocalAsync(context);
            if (!await desk.Get<IAccessKeyStore>().RemoveAsync(wanted, desk.By, context.Signals.Stop)) throw new CliException($"There is no key {wanted}. 'darkroom key list' shows those that there are.");
            await context.Output.WriteLineAsync($"Key {wanted} is removed.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The owner's name, as shown in the audit log." };

    private static string RoleOf(AccessKey key) => key.Role.ToString().ToLowerInvariant();

    private static string Day(AccessKey key) => key.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static JsonNode Shape(AccessKey key) => new JsonObject
    {
        ["id"] = key.Id,
        ["name"] = key.Name,
        ["role"] = RoleOf(key),
        ["created_at"] = key.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["created_by"] = key.CreatedBy,
    };
}
