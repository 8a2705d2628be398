using System.CommandLine;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Webhooks;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom webhook</c>.</summary>
internal static class WebhookCommand
{
    public static Command Create(CliContext context) =>
        new("webhook", "Tests webhooks and lists their deliveries.\n\nExamples:\n  darkroom webhook test\n  darkroom webhook list") { Test(context), List(context) };

    private static Command Test(CliContext context)
    {
        var command = new Command("test", """
            Sends a signed test to an address, or to each configured one (Webhooks__0__Url, …). Exit code 1 if one does not accept it. Needs no database.

            Examples:
              darkroom webhook test
              darkroom webhook test https://shop.example/darkroom
            """);
        var url = new Argument<string?>("URL") { Description = "The address. Default: every configured address.", Arity = ArgumentArity.ZeroOrOne };
        var json = CommonOptions.Json();
        command.Add(url);
        command.Add(json);
        command.SetAction(async (parsed, _) =>
        {
            await using var services = context.BuildPlanning();
            var options = services.GetRequiredService<IOptions<WebhooksOptions>>().Value;
            var urls = parsed.GetValue(url) is { } given ? [given] : options.Targets.Select(target => target.Url).ToList();
            if (urls.Count == 0) throw new CliException("No webhook is configured; set Webhooks__0__Url and Webhooks__0__Secret, or name an address.");
            if (urls.Exists(to => !Uri.TryCreate(to, UriKind.Absolute, out var _))) throw new CliException("webhook test takes an http or https address.");
            var results = new JsonArray();
            var isWell = true;
            foreach (var to in urls)
            {
                var id = Guid.NewGuid();
                var test = new WebhookDelivery(id, WebhookEvent.Test, to, WebhookPayload.OfTest(id, context.Time.GetUtcNow()), Attempts: 1);
                var result = await services.GetRequiredService<WebhookSender>().SendAsync(test, context.Signals.Stop);
                isWell &= result.Error is null;
                results.Add(new JsonObject { ["url"] = WebhookSender.Shown(to), ["delivered"] = result.Error is null, ["status"] = result.Status, ["error"] = result.Error });
                if (!parsed.GetValue(json)) await context.Output.WriteLineAsync($"{WebhookSender.Shown(to)}: {result.Error ?? $"delivered (HTTP {result.Status})."}");
            }

            if (parsed.GetValue(json)) await context.Output.WriteLineAsync(results.ToJsonString());
            return isWell ? ExitCodes.Success : ExitCodes.WithErrors;
        });
        return command;
    }

    private static Command List(CliContext context)
    {
        var command = new Command("list", "Lists the newest deliveries. Addresses are shown up to the host, because the rest may be a secret.\n\nExamples:\n  darkroom webhook list\n  darkroom webhook list --limit 100 --json");
        var limit = new Option<int>("--limit") { Description = "How many to show.", DefaultValueFactory = _ => 20 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out var count) || count < 1))
                result.AddError($"--limit must be a whole number from 1, not '{result.Tokens[0].Value}'.");
        });
        var json = CommonOptions.Json();
        command.Add(limit);
        command.Add(json);
        command.SetAction(async (parsed, _) =>
        {
            await using var session = await context.OpenAsync();
            await using var services = context.BuildServices(session, LogLevel.Warning);
            var list = await services.GetRequiredService<IWebhookStore>().ListAsync(parsed.GetValue(limit), context.Signals.Stop);
            if (parsed.GetValue(json)) await context.Output.WriteLineAsync(new JsonArray([.. list.Select(Json)]).ToJsonString());
            else Write(context.OutputConsole, list);
            return ExitCodes.Success;
        });
        return command;
    }

    private static JsonNode Json(WebhookDeliveryStatus line) => new JsonObject
    {
        ["delivery"] = line.Delivery.Id.ToString(),
        ["event"] = line.Delivery.Kind,
        ["batch"] = line.BatchId,
        ["url"] = WebhookSender.Shown(line.Delivery.Url),
        ["state"] = line.State,
        ["attempts"] = line.Delivery.Attempts,
        ["created_at"] = ScheduleView.Utc(line.CreatedAt),
        ["next_at"] = line.EndedAt is null ? ScheduleView.Utc(line.NextAt) : null,
        ["ended_at"] = line.EndedAt is { } ended ? ScheduleView.Utc(ended) : null,
        ["status"] = line.LastStatus,
        ["error"] = line.LastError,
    };

    private static void Write(IAnsiConsole console, IReadOnlyList<WebhookDeliveryStatus> list)
    {
        if (list.Count == 0)
        {
            console.WriteLine("Nothing was told yet.");
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("at", "event", "batch", "to", "state", "tries", "error");
        foreach (var line in list)
        {
            table.AddRow(
                new Text(ScheduleView.Utc(line.CreatedAt)), new Text(line.Delivery.Kind), new Text(line.BatchId ?? ""), new Text(WebhookSender.Shown(line.Delivery.Url)),
                new Text(line.State), new Text(line.Delivery.Attempts.ToString()), new Text(line.LastError ?? ""));
        }

        console.Write(table);
    }
}
