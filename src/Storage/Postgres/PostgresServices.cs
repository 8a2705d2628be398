using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Changes;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Housekeeping;
using Darkroom.Jobs.Results;
using Darkroom.Jobs.Retention;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Reviews;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Schedules;
using Darkroom.Jobs.Telemetry;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Uploads;
using Darkroom.Jobs.Waits;
using Darkroom.Jobs.Webhooks;
using Darkroom.Storage.Postgres.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Registers the state in PostgreSQL.</summary>
public static class PostgresServices
{
    /// <summary>Adds the ports that keep state, over one data source.</summary>
    public static IServiceCollection AddPostgresState(this IServiceCollection services, NpgsqlDataSource database) => services
        .AddSingleton(database)
        .AddSingleton(new Migrator(database))
        .AddSingleton<IBatchStore, PostgresBatchStore>()
        .AddSingleton<IItemStore>(provider => new PostgresItemStore(
            database, provider.GetRequiredService<IOptions<WorkerOptions>>().Value.LeaseTime, provider.GetRequiredService<IOptions<BudgetOptions>>().Value,
            provider.GetRequiredService<IOptions<BreakerOptions>>().Value))
        .AddSingleton<IProcessStore, PostgresProcessStore>()
        .AddSingleton<IBatchJobStore, PostgresBatchJobStore>()
        .AddSingleton<IBatchNews, PostgresBatchNews>()
        .AddSingleton<IHousekeepingStore, PostgresHousekeepingStore>()
        .AddSingleton<ILimitStore, PostgresLimitStore>()
        .AddSingleton<IUploadedFileStore, PostgresUploadedFileStore>()
        .AddSingleton<IReuseStore, PostgresReuseStore>()
        .AddSingleton<ILedgerStore, PostgresLedgerStore>()
        .AddSingleton<IQueueStore, PostgresQueueStore>()
        .AddSingleton<IScheduleStore, PostgresScheduleStore>()
        .AddSingleton<IWaitStore>(provider => new PostgresWaitStore(database, provider.GetRequiredService<IOptions<BudgetOptions>>().Value))
        .AddSingleton<IForecastStore, PostgresForecastStore>()
        .AddSingleton<IForecasts>(provider => provider.GetRequiredService<IForecastStore>())
        .AddSingleton<IWebhookStore, PostgresWebhookStore>()
        .AddSingleton<IResultsStore, PostgresResultsStore>()
        .AddSingleton<IPurgeStore, PostgresPurgeStore>()
        .AddSingleton<IEstimateStore, PostgresEstimateStore>()
        .AddSingleton<ICostReports>(provider => provider.GetRequiredService<ILedgerStore>())
        .AddSingleton<IBatchDesk>(provider => provider.GetRequiredService<IBatchStore>())
        .AddSingleton<IBatchBrowser, PostgresBatchBrowser>()
        .AddSingleton<IItemBrowser, PostgresItemBrowser>()
        .AddSingleton<IBatchInsight, PostgresBatchInsight>()
        .AddSingleton<IReviewStore, PostgresReviewStore>()
        .AddSingleton<IChangeFeed, PostgresChangeFeed>()
        .AddSingleton<IAccessKeyStore, PostgresAccessKeyStore>()
        .AddSingleton<IAuditLog, PostgresAuditLog>()
        .AddSingleton<PostgresSessionStore>()
        .AddSingleton<PostgresDataKeys>();
}
