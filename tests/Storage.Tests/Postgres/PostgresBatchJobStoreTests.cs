using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Running;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class PostgresBatchJobStoreTests : OwnDatabaseTest
{
    private static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task TakeMissingAsync_QueuedBatch_IsGivenOneJob()
    {
        var batch = await QueueAsync(priority: 7);
        (await TakeAsync()).ShouldBe([new MissingJob(batch, 7)]);
        (await TakeAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(BatchAction.Pause)]
    [InlineData(BatchAction.Cancel)]
    public async Task TakeMissingAsync_StoppedBatch_IsGivenNone(BatchAction action)
    {
        await Batches.ApplyAsync(await QueueAsync(), action, Cancel);
        (await TakeAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task TakeMissingAsync_SeveralBatches_ComeByPriorityAndAge()
    {
        var (low, high, next) = (await QueueAsync(priority: 1), await QueueAsync(priority: 9), await QueueAsync(priority: 9));
        (await TakeAsync()).Select(job => job.BatchId).ShouldBe([high, next, low]);
    }

    [Fact]
    public async Task TakeMissingAsync_JobOfADeadProcess_IsReplacedAtOnce()
    {
        var (dead, process) = (await RegisterAsync(), await RegisterAsync());
        var batch = await QueueAsync();
        await TakeAsync();
        (await Jobs.BeginAsync(batch, dead, Cancel)).ShouldBeTrue();
        await Jobs.OpenAsync(batch, Cancel);
        (await TakeAsync()).ShouldBeEmpty();
        await DieAsync(dead);
        (await TakeAsync()).ShouldHaveSingleItem().BatchId.ShouldBe(batch);
        (await TakeAsync()).ShouldBeEmpty();
        (await Jobs.BeginAsync(batch, process, Cancel)).ShouldBeTrue();
    }

    [Fact]
    public async Task TakeMissingAsync_NobodyBeganTheJob_IsReplacedByAWorkerWithAFreePlaceOnly()
    {
        var batch = await QueueAsync();
        await TakeAsync();
        await ExecuteAsync("update batch set job_at = now() - interval '61 seconds'");
        (await TakeAsync(hasFreePlace: false)).ShouldBeEmpty();
        (await TakeAsync()).ShouldHaveSingleItem().BatchId.ShouldBe(batch);
        (await TakeAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task TakeMissingAsync_ManyAtOnce_OneTakesIt()
    {
        for (var round = 0; round < 12; round++)
        {
            var batch = await QueueAsync();
            var taken = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => TakeAsync(), Cancel)));
            taken.SelectMany(jobs => jobs).ShouldHaveSingleItem().BatchId.ShouldBe(batch);
        }
    }

    [Fact]
    public async Task TakeMissingAsync_OutsideItsHours_IsOpenedOnceAndThenGivenNoJobUntilTheyBegin()
    {
        var process = await RegisterAsync();
        var batch = await QueueAsync();
        await ExecuteAsync("update batch set window_from = (now() at time zone 'UTC' + interval '2 hours')::time, window_to = (now() at time zone 'UTC' + interval '3 hours')::time, window_zone = 'UTC'");
        (await TakeAsync()).Count.ShouldBe(1);
        await Jobs.BeginAsync(batch, process, Cancel);
        await Jobs.OpenAsync(batch, Cancel);
        await Jobs.EndAsync(batch, process, Cancel);
        (await TakeAsync()).ShouldBeEmpty();
        await ExecuteAsync("update batch set window_from = null, window_to = null, window_zone = null");
        (await TakeAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task ForgetAsync_HangfireDidNotTakeIt_IsFoundAgain()
    {
        var batch = await QueueAsync();
        await TakeAsync();
        await Jobs.ForgetAsync([batch], Cancel);
        (await TakeAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task BeginAsync_RunsInALiveProcess_IsRefusedUntilThatDies()
    {
        var (one, other) = (await RegisterAsync(), await RegisterAsync());
        var batch = await QueueAsync();
        (await Jobs.BeginAsync(batch, one, Cancel)).ShouldBeTrue();
        (await Jobs.BeginAsync(batch, other, Cancel)).ShouldBeFalse();
        (await Jobs.BeginAsync(batch, one, Cancel)).ShouldBeTrue("Hangfire runs a job again after a failure.");
        await DieAsync(one);
        (await Jobs.BeginAsync(batch, other, Cancel)).ShouldBeTrue();
    }

    [Fact]
    public async Task BeginAsync_ManyProcessesAtOnce_OneBegins()
    {
        var processes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RegisterAsync()));
        for (var round = 0; round < 12; round++)
        {
            var batch = await QueueAsync();
            var begun = await Task.WhenAll(processes.Select(process => Task.Run(() => Jobs.BeginAsync(batch, process, Cancel), Cancel)));
            begun.Count(one => one).ShouldBe(1);
        }
    }

    [Theory]
    [InlineData(BatchAction.Pause)]
    [InlineData(BatchAction.Cancel)]
    public async Task BeginAsync_StoppedBatch_IsRefused(BatchAction action)
    {
        var process = await RegisterAsync();
        var batch = await QueueAsync();
        await Batches.ApplyAsync(batch, action, Cancel);
        (await Jobs.BeginAsync(batch, process, Cancel)).ShouldBeFalse();
        (await Jobs.BeginAsync("b-unknown", process, Cancel)).ShouldBeFalse();
    }

    [Fact]
    public async Task OpenAsync_QueuedBatch_RunsAndItsItemsCanBeClaimed()
    {
        var process = await RegisterAsync();
        var batch = await QueueAsync();
        (await Items.ClaimAsync(process, [new ClaimQuota(batch, 10)], Cancel)).ShouldBeEmpty();
        await Jobs.OpenAsync(batch, Cancel);
        (await Batches.GetAsync(batch, Cancel))!.State.ShouldBe(BatchState.Running);
        (await ClaimAsync(process, batch)).Count.ShouldBe(1);
        await Batches.ApplyAsync(batch, BatchAction.Pause, Cancel);
        await Jobs.OpenAsync(batch, Cancel);
        (await Batches.GetAsync(batch, Cancel))!.State.ShouldBe(BatchState.Paused);
    }

    [Fact]
    public async Task EndAsync_BatchWasResumedMeanwhile_IsToldAndGivenANewJob()
    {
        var process = await RegisterAsync();
        var batch = await QueueAsync();
        await TakeAsync();
        await Jobs.BeginAsync(batch, process, Cancel);
        await Batches.ApplyAsync(batch, BatchAction.Pause, Cancel);
        await Batches.ApplyAsync(batch, BatchAction.Resume, Cancel);
        (await TakeAsync()).ShouldBeEmpty("its last job still ends");

        await using var news = await ListenAsync();
        await Jobs.EndAsync(batch, process, Cancel);
        (await news.NextAsync()).ShouldBe(batch);
        (await TakeAsync()).ShouldHaveSingleItem().BatchId.ShouldBe(batch);
    }

    [Fact]
    public async Task EndAsync_StoppedBatch_TellsNothing()
    {
        var process = await RegisterAsync();
        var batch = await QueueAsync();
        await Jobs.BeginAsync(batch, process, Cancel);
        await Batches.ApplyAsync(batch, BatchAction.Pause, Cancel);

        await using var news = await ListenAsync();
        await Jobs.EndAsync(batch, process, Cancel);
        var next = await QueueAsync();
        (await news.NextAsync()).ShouldBe(next);
    }

    [Fact]
    public async Task GiveBackAsync_RunningJob_CanBeBegunElsewhereAndIsNotReplacedAtOnce()
    {
        var (one, other) = (await RegisterAsync(), await RegisterAsync());
        var batch = await QueueAsync();
        await Jobs.BeginAsync(batch, one, Cancel);
        await Jobs.OpenAsync(batch, Cancel);
        await Jobs.GiveBackAsync(batch, one, Cancel);
        (await TakeAsync()).ShouldBeEmpty("Hangfire runs it again");
        (await Jobs.BeginAsync(batch, other, Cancel)).ShouldBeTrue();
        await Jobs.GiveBackAsync(batch, one, Cancel);
        await Jobs.EndAsync(batch, one, Cancel);
        (await ScalarAsync<long>("select job_process_id from batch where id = $1", batch)).ShouldBe(other, "only its own job ends");
    }

    [Fact]
    public async Task News_BatchIsQueuedAndOpened_AreToldToEveryProcess()
    {
        await using var news = await ListenAsync();
        var batch = await QueueAsync();
        (await news.NextAsync()).ShouldBe(batch);
        await Jobs.OpenAsync(batch, Cancel);
        (await news.NextAsync()).ShouldBe(batch);
    }

    [Fact]
    public async Task Titles_OpenAndOtherBatches_AreTold()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(4);
        var (item, attempt) = await BeginOneAsync(process, batch);
        await Items.CompleteAsync([Succeeded(item, attempt)], Cancel);
        (await Jobs.ListOpenAsync(Cancel)).ShouldBe([new BatchTitle(batch, "test", BatchState.Running, 4, 1)]);
        await Batches.ApplyAsync(batch, BatchAction.Pause, Cancel);
        (await Jobs.ListOpenAsync(Cancel)).ShouldBeEmpty();
        (await Jobs.FindAsync(batch, Cancel)).ShouldBe(new BatchTitle(batch, "test", BatchState.Paused, 4, null));
        (await Jobs.FindAsync("b-unknown", Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task ListWorkableAsync_RunningBatches_ComeWithPriorityAndCaps()
    {
        var (low, high) = (await ImportAsync(1, priority: 2), await ImportAsync(1, priority: 8));
        await ExecuteAsync("update batch set max_in_flight = 3 where id = $1", high);
        await QueueAsync();
        await Batches.ApplyAsync(await ImportAsync(1), BatchAction.Pause, Cancel);
        var workable = await Items.ListWorkableAsync(null, Cancel);
        workable.Select(batch => (batch.BatchId, batch.Priority, batch.Caps?.MaxInFlight)).ShouldBe([(high, 8, 3), (low, 2, null)]);
        (await Items.ListWorkableAsync(low, Cancel)).ShouldHaveSingleItem().BatchId.ShouldBe(low);
    }

    [Fact]
    public async Task ListWorkableAsync_StoppedBatchWithItemsOfTheDead_IsListedForTheirRecovery()
    {
        var dead = await RegisterAsync();
        var batch = await ImportAsync(5);
        await BeginOneAsync(dead, batch);
        await Batches.ApplyAsync(batch, BatchAction.Cancel, Cancel);
        (await Items.ListWorkableAsync(null, Cancel)).ShouldBeEmpty();
        await DieAsync(dead);
        (await Items.ListWorkableAsync(null, Cancel)).ShouldHaveSingleItem().BatchId.ShouldBe(batch);
    }

    [Fact]
    public async Task ListWorkableAsync_OutsideItsHours_OnlyForAProcessOfItsOwn()
    {
        var batch = await ImportAsync(1);
        await ExecuteAsync("update batch set window_from = (now() at time zone 'UTC' + interval '2 hours')::time, window_to = (now() at time zone 'UTC' + interval '3 hours')::time, window_zone = 'UTC'");
        (await Items.ListWorkableAsync(null, Cancel)).ShouldBeEmpty();
        (await Items.ListWorkableAsync(batch, Cancel)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task GetNextDueAsync_SeveralBatches_TellsOfEach()
    {
        var process = await RegisterAsync();
        var (due, later, taken) = (await ImportAsync(1), await ImportAsync(1), await ImportAsync(1));
        await ExecuteAsync("update item set not_before = now() + interval '1 hour' where batch_id = $1", later);
        await ClaimAsync(process, taken);
        var next = await Items.GetNextDueAsync([due, later, taken], Cancel);
        (next[due], next[taken]).ShouldBe((TimeSpan.Zero, null));
        next[later]!.Value.TotalMinutes.ShouldBeInRange(59, 60);
    }

    // A batch that no worker has opened.
    private async Task<string> QueueAsync(int priority = 5)
    {
        var id = NewId();
        await Batches.ImportAsync(new NewBatch(id, "test", Darkroom.Jobs.Manifests.BatchDefaults.Empty) { Priority = priority }, PlanAsync(1), Cancel);
        return id;
    }

    private Task<IReadOnlyList<MissingJob>> TakeAsync(bool hasFreePlace = true) => Jobs.TakeMissingAsync(LostAfter, hasFreePlace, Cancel);

    private async Task<News> ListenAsync()
    {
        var connection = await Source.OpenConnectionAsync(Cancel);
        await using var listen = connection.CreateCommand();
        listen.CommandText = "listen darkroom_news";
        await listen.ExecuteNonQueryAsync(Cancel);
        return new News(connection);
    }

    private sealed class News : IAsyncDisposable
    {
        private readonly Npgsql.NpgsqlConnection _connection;
        private readonly Queue<string> _told = new();

        public News(Npgsql.NpgsqlConnection connection)
        {
            _connection = connection;
            connection.Notification += (_, news) => _told.Enqueue(news.Payload);
        }

        public async Task<string> NextAsync()
        {
            while (_told.Count == 0) (await _connection.WaitAsync(TimeSpan.FromSeconds(30), Cancel)).ShouldBeTrue("nothing was told");
            return _told.Dequeue();
        }

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}
