using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Darkroom.Jobs.Telemetry;

namespace Darkroom.Worker.Tests.Ops;

/// <summary>The dashboard and the alerts speak of metrics and labels that there are, by the names that Prometheus gives them.</summary>
public sealed partial class MetricsOfOpsTests
{
    // Of the database's driver and of HTTP clients; not ours to name.
    private static readonly string[] Foreign = ["db_client_operation_duration_seconds_bucket", "db_client_operation_duration_seconds_count", "http_client_request_duration_seconds_bucket"];

    private static readonly string[] Functions = ["le", "absent", "by", "or", "and", "max", "min", "sum", "rate", "increase", "histogram_quantile", "without"];

    [Fact]
    public void Alerts_Always_SpeakOfMetricsThatThereAre()
    {
        var rules = RepositoryFile.ReadYaml("ops", "prometheus", "darkroom.rules.yml").Single()["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).ToList();
        rules.Count.ShouldBeGreaterThan(8);
        rules.Select(rule => rule!["alert"]!.GetValue<string>()).ShouldBeUnique();
        foreach (var rule in rules)
        {
            Check(rule!["expr"]!.GetValue<string>());
            rule["annotations"]!["summary"]!.GetValue<string>().ShouldNotBeEmpty();
            rule["labels"]!["severity"]!.GetValue<string>().ShouldBeOneOf("warning", "critical");
        }
    }

    [Fact]
    public void Dashboard_Always_SpeaksOfMetricsThatThereAreAndShowsAllOfOurs()
    {
        var panels = JsonNode.Parse(RepositoryFile.Read("ops", "grafana", "darkroom.json"))!["panels"]!.AsArray();
        var expressions = panels.SelectMany(panel => panel!["targets"]!.AsArray()).Select(target => target!["expr"]!.GetValue<string>()).ToList();
        foreach (var expression in expressions) Check(expression);
        panels.Select(panel => panel!["id"]!.GetValue<int>()).ShouldBeUnique();
        var all = string.Join('\n', expressions);
        foreach (var name in Names().Select(names => names[0])) all.Contains(name, StringComparison.Ordinal).ShouldBeTrue($"no panel shows {name}");
    }

    [Fact]
    public void Check_UnknownName_IsFound() => Should.Throw<ShouldAssertException>(() => Check("sum(darkroom_item_total)"));

    private static void Check(string expression)
    {
        var known = Names().SelectMany(names => names).Concat(Foreign).Concat(Functions).ToHashSet(StringComparer.Ordinal);
        var labels = new[] { MetricNames.Outcome, MetricNames.AttemptState, MetricNames.BatchState, MetricNames.LimitsGroup, MetricNames.LedgerKind, MetricNames.Modality, MetricNames.Found, MetricNames.Operation, MetricNames.Model, MetricNames.ErrorType, "gen_ai.token.type" }
            .Select(label => label.Replace('.', '_'));
        known.UnionWith(labels);
        var bare = Quoted().Replace(expression, "").Replace("$__rate_interval", "", StringComparison.Ordinal).Replace("$__range", "", StringComparison.Ordinal);
        foreach (Match word in Word().Matches(Duration().Replace(bare, ""))) known.ShouldContain(word.Value, expression);
    }

    // OpenTelemetry's rules for Prometheus: dots become underscores, the unit follows, and what only grows ends in _total; braces in a unit are a comment.
    private static List<string[]> Names()
    {
        using var meter = new Meter(MetricNames.Source);
        using var listener = new MeterListener();
        var names = new List<string[]>();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter)) return;
            var name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
            names.Add(instrument switch
            {
                Counter<long> or Counter<double> => [name + "_total"],
                Histogram<long> or Histogram<double> => [name, name + "_bucket", name + "_sum", name + "_count"],
                _ => [name],
            });
        };
        listener.Start();
        _ = new JobMetrics(meter);
        names.Count.ShouldBe(14);
        return names;
    }

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\[[^\]]*\]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Duration();

    [GeneratedRegex("[A-Za-z_][A-Za-z0-9_]*", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
