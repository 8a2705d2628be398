using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Outputs;
using Darkroom.Storage.Postgres;
using Darkroom.Storage.Postgres.Migrations;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Downloads;
using Darkroom.Worker.Embedded;
using Darkroom.Jobs.Schedules;
using Darkroom.Worker.Hosting;
using Darkroom.Worker.Machine;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Doctor;

/// <summary>Checks all that a run stands on, one thing after another; what can't be checked because something before it failed is left out.</summary>
internal static class Checkup
{
    /// <summary>Runs all checks. Writes nothing but a probe in the image store, and spends nothing.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(CliContext context)
    {
        var cancellationToken = context.Signals.Stop;
        var findings = new List<Finding>();
        IConfiguration configuration;
        try
        {
            configuration = DarkroomConfiguration.Load(context.Surroundings);
        }
        catch (InvalidConfigurationException exception)
        {
            return [.. exception.Problems.Select(problem => new Finding("configuration", false, problem, "Correct the setting; docs/configuration.md lists all of them."))];
        }

        DarkroomSession session;
        try
        {
            session = await DarkroomSession.OpenAsync(configuration, context.Folder, context.Error.WriteLine, migrate: false, cancellationToken);
        }
        catch (EmbeddedPostgresException exception)
        {
            return [new Finding("database", false, exception.Message, PostgresBinaries.Cure)];
        }
        catch (InvalidConfigurationException exception)
        {
            return [new Finding("database", false, exception.Message, "Correct ConnectionStrings__Postgres.")];
        }
        catch (MachineException exception)
        {
            return [new Finding("machine", false, exception.Message, "Mend what is named, then look again.")];
        }

        await using (session)
        {
            findings.AddRange(await CheckDatabaseAsync(session, cancellationToken));
            ServiceProvider services;
            try
            {
                services = context.BuildServices(session, LogLevel.Critical);
            }
            catch (OptionsValidationException exception)
            {
                findings.AddRange(exception.Failures.Select(failure => new Finding("configuration", false, failure, "Correct the setting; docs/configuration.md lists all of them.")));
                return findings;
            }

            catch (ModelBookException exception)
            {
                findings.Add(new Finding("configuration", false, exception.Message, "Correct the model book, or leave Models__Book out."));
                return findings;
            }

            await using (services)
            {
                findings.Insert(0, new Finding("configuration", true, "every setting is known and in range"));
                findings.Add(await CheckStoreAsync(services.GetRequiredService<IImageStore>(), cancellationToken));
                if (KeptFinding(services.GetRequiredService<KeptImages>()) is { } kept) findings.Add(kept);
                findings.AddRange(CheckMachine());
                findings.AddRange(await EndpointProbe.CheckAsync(
                    services.GetRequiredService<IOptions<EndpointOptions>>().Value, services.GetRequiredService<IEndpointCredential>(), cancellationToken));
            }
        }

        return findings;
    }

    private static async Task<IReadOnlyList<Finding>> CheckDatabaseAsync(DarkroomSession session, CancellationToken cancellationToken)
    {
        try
        {
            var faults = session.IsEmbedded ? [] : await DatabaseCheck.FindFaultsAsync(session.Database, session.ConnectionString, TimeProvider.System, cancellationToken);
            var bad = faults.Select(fault => new Finding("database", false, fault.Reason, fault.Cure)).ToList();
            if (faults.Any(fault => fault.IsFatal)) return bad;
            await using var command = session.Database.CreateCommand("-- name: Doctor.Version\nshow server_version");
            var version = await command.ExecuteScalarAsync(cancellationToken);
            var pending = await new Migrator(session.Database).GetPendingAsync(cancellationToken);
            var where = session.IsEmbedded ? "private, under .darkroom/" : "configured";
            return [new Finding("database", true, $"PostgreSQL {version} ({where}), {(pending.Count == 0 ? "schema up to date" : $"{pending.Count} migrations to apply, which the next command does")}"), .. bad];
        }
        catch (MigrationException exception)
        {
            return [new Finding("database", false, exception.Message, "Run the version of Darkroom that fits this database, or use another one.")];
        }
        catch (Npgsql.NpgsqlException exception)
        {
            return [new Finding("database", false, exception.Message, "Check ConnectionStrings__Postgres: host, port, user, password, and that the server runs.")];
        }
    }

    private static Finding? KeptFinding(KeptImages images)
    {
        var kept = images.List();
        if (kept.Count == 0) return null;
        var batches = string.Join(", ", kept.Select(attempt => attempt.Place.BatchId).Distinct(StringComparer.Ordinal).Take(5));
        return new Finding(
            "kept", false,
            $"{kept.Sum(attempt => attempt.Images.Count)} images of {kept.Count} calls, {DownloadProgress.Size(kept.Sum(attempt => attempt.Bytes))}, were paid for and aren't in the store yet; they are kept in {images.Folder} (batch {batches})",
            "Mend the store and resume the batch: a worker in this folder then stores them, and nothing is bought again.");
    }

    // Only what is wrong: these are seldom anybody's worry.
    private static IEnumerable<Finding> CheckMachine()
    {
        if (MachineCheck.FindTemporaryFault() is { } fault) yield return new Finding("temporary", false, fault, "Make it writable, make room, or set TMPDIR to another folder: sources and manifests pass through it.");
        if (TimeZones.AreMissing) yield return new Finding("time zones", false, "This machine has no time zone database: --window-zone and schedules know no zone but UTC.", TimeZones.Cure);
    }

    private static async Task<Finding> CheckStoreAsync(IImageStore store, CancellationToken cancellationToken)
    {
        try
        {
            await store.CheckAsync(cancellationToken);
            return new Finding("store", true, $"{store.Location} takes writes");
        }
        catch (ImageStoreException exception)
        {
            return new Finding("store", false, exception.Message, "Check Storage__Path and its rights and room, or Storage__Azure__ConnectionString: the account, the container and what the key may do.");
        }
    }
}
