using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Configuration;
using Microsoft.Extensions.Configuration;

namespace Darkroom.Worker.Tests.Ops;

/// <summary>What would otherwise be found out in production: grace above the drain time, users without rights, file systems that can't be written, settings that there are.</summary>
public sealed partial class DeploymentTests
{
    // What the host takes beyond the drain: jobs return, connections close.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    [Fact]
    public void Compose_EveryService_IsConfined()
    {
        var compose = Compose();
        var services = compose["services"]!.AsObject();
        services.Select(service => service.Key).ShouldBe(["postgres", "azurite", "worker"]);
        foreach (var (name, service) in services)
        {
            service!["read_only"]!.GetValue<string>().ShouldBe("true", name);
            service["cap_drop"]!.AsArray().Single()!.GetValue<string>().ShouldBe("ALL", name);
            service["healthcheck"].ShouldNotBeNull(name);
            service["ports"].ShouldBeNull($"{name}: nothing is published");
        }

        compose["services"]!["postgres"]!["user"]!.GetValue<string>().ShouldBe("postgres");
        compose["services"]!["azurite"]!["build"]!["dockerfile_inline"]!.GetValue<string>().ShouldContain("USER node");
        RepositoryFile.Read("Dockerfile").ShouldContain("\nUSER 10001\n");
    }

    [Fact]
    public void BaseImages_AreNamedByDigest()
    {
        var dockerfile = RepositoryFile.Read("Dockerfile").Split('\n');
        var arguments = dockerfile.Where(line => line.StartsWith("ARG ", StringComparison.Ordinal)).Select(line => line[4..].Split('=', 2)).ToDictionary(pair => $"${{{pair[0]}}}", pair => pair[1], StringComparer.Ordinal);
        var compose = Compose()["services"]!.AsObject();
        var images = dockerfile.Concat(compose.SelectMany(service => (service.Value!["build"] as JsonObject)?["dockerfile_inline"]?.GetValue<string>().Split('\n') ?? []))
            .Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1])
            .Concat(compose.Select(service => service.Value!["image"]?.GetValue<string>()).OfType<string>())
            .Select(image => arguments.GetValueOrDefault(image, image)).ToList();

        images.Count.ShouldBe(4);
        images.ShouldAllBe(image => ByDigest().IsMatch(image));
    }

    [Fact]
    public void Compose_Worker_HasRoomToDrainKnownSettingsAndSecretsAsFiles()
    {
        var compose = Compose();
        var worker = compose["services"]!["worker"]!;
        worker["deploy"]!["replicas"]!.GetValue<string>().ShouldBe("${WORKERS:-2}");
        var settings = worker["environment"]!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>(), StringComparer.Ordinal);
        worker["stop_grace_period"]!.GetValue<string>().ShouldBe("6m");
        (TimeSpan.Parse(settings["Worker__DrainTime"]) + Margin).ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(6));
        settings.Keys.ShouldNotContain(name => name.Contains("KEY", StringComparison.OrdinalIgnoreCase) || name.Contains("ConnectionString", StringComparison.Ordinal));

        var secrets = worker["secrets"]!.AsArray().Select(secret => secret is JsonObject mapped
            ? (Source: mapped["source"]!.GetValue<string>(), Target: mapped["target"]!.GetValue<string>())
            : (Source: secret!.GetValue<string>(), Target: secret.GetValue<string>())).ToList();
        secrets.Select(secret => secret.Target).ShouldBe(["OPENAI_API_KEY", "ConnectionStrings__Postgres", "Storage__Azure__ConnectionString"]);
        foreach (var (source, target) in secrets.Where(secret => secret.Source != "OPENAI_API_KEY"))
            settings[target] = RepositoryFile.Read(compose["secrets"]![source]!["file"]!.GetValue<string>());
        Problems(settings).ShouldBeEmpty();
        var password = RepositoryFile.Read(compose["secrets"]!["postgres-password"]!["file"]!.GetValue<string>());
        settings["ConnectionStrings__Postgres"].ShouldEndWith($"Password={password}");
    }

    [Fact]
    public void Kubernetes_Worker_IsConfinedAndHasRoomToDrain()
    {
        var documents = RepositoryFile.ReadYaml("ops", "kubernetes", "darkroom.yml");
        documents.Select(document => document["kind"]!.GetValue<string>()).ShouldBe(["Deployment", "PodDisruptionBudget"]);
        var pod = documents[0]["spec"]!["template"]!["spec"]!;
        pod["securityContext"]!["runAsNonRoot"]!.GetValue<string>().ShouldBe("true");
        RepositoryFile.Read("Dockerfile").ShouldContain($"--uid {pod["securityContext"]!["runAsUser"]!.GetValue<string>()} ");
        var worker = pod["containers"]!.AsArray().Single()!;
        worker["securityContext"]!["readOnlyRootFilesystem"]!.GetValue<string>().ShouldBe("true");
        worker["securityContext"]!["allowPrivilegeEscalation"]!.GetValue<string>().ShouldBe("false");
        var settings = worker["env"]!.AsArray().ToDictionary(setting => setting!["name"]!.GetValue<string>(), setting => setting!["value"]!.GetValue<string>(), StringComparer.Ordinal);
        (TimeSpan.Parse(settings["Worker__DrainTime"]) + Margin).TotalSeconds.ShouldBeLessThanOrEqualTo(int.Parse(pod["terminationGracePeriodSeconds"]!.GetValue<string>()));
        Problems(settings).ShouldBeEmpty();
        worker["resources"]!["requests"]!["memory"].ShouldNotBeNull();
        worker["resources"]!["limits"]!["memory"].ShouldNotBeNull();
        foreach (var probe in new[] { ("startupProbe", "/health/live"), ("livenessProbe", "/health/live"), ("readinessProbe", "/health/ready") })
            worker[probe.Item1]!["exec"]!["command"]!.AsArray()[^1]!.GetValue<string>().ShouldContain($"GET {probe.Item2} ");
        // What is mounted is there, and all that a worker writes to is mounted.
        var volumes = pod["volumes"]!.AsArray().Select(volume => volume!["name"]!.GetValue<string>()).ToList();
        worker["volumeMounts"]!.AsArray().Select(mount => mount!["name"]!.GetValue<string>()).ShouldBe(volumes);
        worker["volumeMounts"]!.AsArray().Select(mount => mount!["mountPath"]!.GetValue<string>()).ShouldBe([settings["DARKROOM_SECRETS"], "/var/lib/darkroom", "/tmp"]);
    }

    [Fact]
    public void Systemd_Worker_IsConfinedAndHasRoomToDrain()
    {
        var lines = RepositoryFile.Read("ops", "systemd", "darkroom.service").Split('\n').Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#')).ToList();
        var unit = lines.Select(line => line.Split('=', 2)).ToLookup(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        var settings = unit["Environment"].Select(text => text.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        Problems(settings).ShouldBeEmpty();
        (TimeSpan.Parse(settings["Worker__DrainTime"]) + Margin).TotalSeconds.ShouldBeLessThanOrEqualTo(int.Parse(unit["TimeoutStopSec"].Single()));
        unit["User"].Single().ShouldBe("darkroom");
        unit["ProtectSystem"].Single().ShouldBe("strict");
        unit["NoNewPrivileges"].Single().ShouldBe("true");
        unit["WorkingDirectory"].Single().ShouldBe("/var/lib/" + unit["StateDirectory"].Single());
        unit["LoadCredential"].Select(credential => credential.Split(':')[0]).ShouldBe(["OPENAI_API_KEY", "ConnectionStrings__Postgres"]);
        new WorkerOptions().DrainTime.ShouldBe(TimeSpan.Parse(settings["Worker__DrainTime"]), "what isn't set would drain as long");
    }

    [GeneratedRegex("^[a-z]+:[0-9a-z.-]+@sha256:[0-9a-f]{64}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ByDigest();

    private static JsonNode Compose() => RepositoryFile.ReadYaml("docker-compose.yml").Single();

    // As the worker would read them: a section with a setting that there isn't, or a value that can't be read, stops its start.
    private static IReadOnlyList<string> Problems(Dictionary<string, string> settings) => SettingsCheck.FindProblems(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)(pair.Value.StartsWith("${", StringComparison.Ordinal) ? "" : pair.Value)))).Build());
}
