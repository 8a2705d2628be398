using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Webhooks;
using Darkroom.Storage.Postgres;
using Microsoft.Extensions.Options;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>The outbox: what is written with which change, and who may send what. In a database of its own: events are anybody's.</summary>
public sealed class WebhookStoreTests : OwnDatabaseTest
{
    private PostgresWebhookStore Store => new(Source);

    private PostgresForecastStore Forecasts => new(Source, Scope, Waits);

    [Fact]
    public async Task BatchEnds_Always_IsAnEventOfTheSameTransaction()
    {
        var id = NewId();
        await Batches.ImportAsync(new NewBatch(id, "test", BatchDefaults.Empty) { WebhookUrl = "https://hook.example/1" }, PlanAsync(1), Cancel);
        await Jobs.OpenAsync(id, Cancel);
        (await Store.TakeEventsAsync(10, Cancel)).ShouldBeEmpty();
        await WorkOffAsync(await RegisterAsync(), id, (item, attempt) => Succeeded(item, attempt));
        await Batches.TryFinishAsync(id, Cancel);

        var happened = (await Store.TakeEventsAsync(10, Cancel)).ShouldHaveSingleItem();

        (happened.Kind, happened.BatchId, happened.State, happened.WebhookUrl).ShouldBe((WebhookEvent.BatchEnded, id, "completed", "https://hook.example/1"));
    }

    [Fact]
    public async Task BatchChange_RolledBack_IsNoEvent()
    {
        var id = await ImportAsync(1);
        await using (var connection = await Source.OpenConnectionAsync(Cancel))
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"update batch set state = 'canceled', finished_at = now() where id = '{id}'";
            await command.ExecuteNonQueryAsync(Cancel);
            await transaction.RollbackAsync(Cancel);
        }

        (await Store.TakeEventsAsync(10, Cancel)).ShouldBeEmpty();
        await Batches.ApplyAsync(id, BatchAction.Cancel, Cancel);
        (await Store.TakeEventsAsync(10, Cancel)).ShouldHaveSingleItem().State.ShouldBe("canceled");
    }

    [Fact]
    public async Task BatchHalts_EachTimeButAFailedProbe_IsAnEvent()
    {
        var id = await ImportAsync(1);
        await Batches.HaltAsync(id, "quota", "No money.", Cancel);
        await Batches.ApplyAsync(id, BatchAction.Resume, Cancel);
        await Batches.HaltAsync(id, "budget", "Too much.", Cancel);
        (await Store.TakeEventsAsync(10, Cancel)).Select(happened => (happened.Kind, happened.Reason, happened.Detail)).ShouldBe(
            [(WebhookEvent.BatchHalted, "quota", "No money."), (WebhookEvent.BatchHalted, "budget", "Too much.")]);

        await ExecuteAsync("update batch set state = 'running', probing = true where id = $1", id);
        await Batches.HaltAsync(id, "budget", "Still too much.", Cancel);
        (await Store.TakeEventsAsync(10, Cancel)).ShouldBeEmpty();
        await ExecuteAsync("update batch set state = 'running', probing = true where id = $1", id);
        await Batches.HaltAsync(id, "key", "Refused.", Cancel);
        (await Store.TakeEventsAsync(10, Cancel)).ShouldHaveSingleItem().Reason.ShouldBe("key");
    }

    [Fact]
    public async Task Deadline_Noted_IsOneEventEach()
    {
        var id = NewId();
        await Batches.ImportAsync(new NewBatch(id, "test", BatchDefaults.Empty) { Deadline = DateTimeOffset.UtcNow.AddHours(1) }, PlanAsync(3), Cancel);
        await Jobs.OpenAsync(id, Cancel);
        var forecast = (await Forecasts.ListWithDeadlineAsync(Cancel)).ShouldHaveSingleItem();
        (forecast.BatchId, forecast.Open, forecast.EndedLately, forecast.IsLate).ShouldBe((id, 3, 0, false));

        (await Forecasts.NoteAsync(id, DeadlineVerdict.Missed, Cancel)).ShouldBeFalse();
        var noted = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Forecasts.NoteAsync(id, DeadlineVerdict.AtRisk, Cancel))));
        noted.Count(isNew => isNew).ShouldBe(1);
        await ExecuteAsync("update batch set deadline = now() - interval '1 minute' where id = $1", id);
        (await Forecasts.NoteAsync(id, DeadlineVerdict.Missed, Cancel)).ShouldBeTrue();
        (await Forecasts.NoteAsync(id, DeadlineVerdict.Missed, Cancel)).ShouldBeFalse();

        (await Store.TakeEventsAsync(10, Cancel)).Select(happened => happened.Kind).ShouldBe([WebhookEvent.DeadlineAtRisk, WebhookEvent.DeadlineMissed]);
        (await Forecasts.ListWithDeadlineAsync(Cancel)).ShouldBeEmpty();
        (await Forecasts.GetAsync(id, Cancel))!.IsLate.ShouldBe(true);
    }

    [Fact]
    public async Task Forecast_ItemsEnded_GoesByThem()
    {
        var id = await ImportAsync(10);
        await ExecuteAsync("update item set state = 'canceled', finished_at = now() - interval '5 minutes' + id * interval '1 second' where batch_id = $1 and id in (select id from item order by id limit 6)", id);

        var forecast = (await Forecasts.GetAsync(id, Cancel)).ShouldNotBeNull();

        (forecast.Open, forecast.EndedLately).ShouldBe((4, 6));
        forecast.PerMinute.ShouldNotBeNull().ShouldBeInRange(0.9, 1.2);
        forecast.FinishEstimate.ShouldNotBeNull().ShouldBeGreaterThan(forecast.Now.AddMinutes(3));
        (await Forecasts.GetAsync("no-such-batch", Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Forecast_NothingHasEnded_GoesByTheLimitsAndTheBatchsCap()
    {
        var id = await ImportAsync(41);
        var limits = new LimitsOptions { ["Default"] = new GroupLimits { ImagesPerMinute = 20 } };
        var forecasts = new PostgresForecastStore(Source, Scope, Waits, new LeastTime(ModelBook.Load(null), Options.Create(limits)));

        var forecast = (await forecasts.GetAsync(id, Cancel)).ShouldNotBeNull();
        // Two images each, and the first needs no waiting.
        forecast.FinishEstimate.ShouldNotBeNull().ShouldBe(forecast.Now.AddMinutes(81 / 20.0), TimeSpan.FromMilliseconds(1));
        await ExecuteAsync("update batch set max_images_per_minute = 4 where id = $1", id);
        (await forecasts.GetAsync(id, Cancel))!.Least.ShouldNotBeNull().ShouldBe(TimeSpan.FromMinutes(81 / 4.0), TimeSpan.FromMilliseconds(1));
        await ExecuteAsync("update batch set deadline = now() + interval '5 minutes' where id = $1", id);
        DeadlineRule.Decide((await forecasts.ListWithDeadlineAsync(Cancel)).Single(known => known.BatchId == id)).ShouldBe(DeadlineVerdict.AtRisk);
    }

    [Fact]
    public async Task Spread_ManyAtOnce_MakesEachDeliveryOnce()
    {
        var happened = await HappenAsync();
        (await Store.TakeEventsAsync(10, Cancel)).ShouldBeEmpty();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Store.SpreadAsync(happened.Id, ["https://a.example/", "https://b.example/"], "{}", Cancel))));

        (await Store.ListAsync(10, Cancel)).Select(line => line.Delivery.Url).Order(StringComparer.Ordinal).ShouldBe(["https://a.example/", "https://b.example/"]);
    }

    [Fact]
    public async Task TakeEvents_TakerDied_ComesAgain()
    {
        var happened = await HappenAsync();
        await ExecuteAsync("update webhook_event set taken_at = now() - interval '2 minutes'");
        (await Store.TakeEventsAsync(10, Cancel)).ShouldHaveSingleItem().Id.ShouldBe(happened.Id);
    }

    [Fact]
    public async Task TakeDue_ManyAtOnce_OneHasItUntilTheHoldIsOver()
    {
        await SpreadOneAsync();

        var taken = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Store.TakeDueAsync(10, TimeSpan.FromMinutes(1), Cancel))));
        var first = taken.SelectMany(due => due).ShouldHaveSingleItem();
        await ExecuteAsync("update webhook_delivery set next_at = now()");
        var again = (await Store.TakeDueAsync(10, TimeSpan.FromMinutes(1), Cancel)).ShouldHaveSingleItem();

        again.ShouldBe(first with { Attempts = 2 });
        // The first one wasn't dead after all; but that it failed then says nothing now.
        await Store.WriteAsync(first, new WebhookResult(500, "It answered with HTTP 500."), TimeSpan.FromHours(5), Cancel);
        (await Store.ListAsync(10, Cancel)).ShouldHaveSingleItem().LastError.ShouldBeNull();
    }

    [Fact]
    public async Task Write_FailedThenDelivered_WaitsThenEnds()
    {
        await SpreadOneAsync();
        var due = (await Store.TakeDueAsync(10, TimeSpan.FromMinutes(1), Cancel)).ShouldHaveSingleItem();
        await Store.WriteAsync(due, new WebhookResult(503, "It answered with HTTP 503."), TimeSpan.FromHours(1), Cancel);

        var waiting = (await Store.ListAsync(10, Cancel)).ShouldHaveSingleItem();
        (waiting.State, waiting.LastStatus, waiting.LastError, waiting.EndedAt).ShouldBe(("pending", 503, "It answered with HTTP 503.", null));
        (await Store.TakeDueAsync(10, TimeSpan.FromMinutes(1), Cancel)).ShouldBeEmpty();
        await ExecuteAsync("update webhook_delivery set next_at = now()");
        due = (await Store.TakeDueAsync(10, TimeSpan.FromMinutes(1), Cancel)).ShouldHaveSingleItem();
        await Store.WriteAsync(due, new WebhookResult(204, null), null, Cancel);

        var ended = (await Store.ListAsync(10, Cancel)).ShouldHaveSingleItem();
        (ended.State, ended.LastStatus, ended.LastError, ended.Delivery.Attempts).ShouldBe(("delivered", 204, null, 2));
        ended.EndedAt.ShouldNotBeNull();
        (await Store.DeleteOldAsync(TimeSpan.FromDays(30), Cancel)).ShouldBe(0);
        await ExecuteAsync("update webhook_event set expanded_at = now() - interval '31 days'");
        (await Store.DeleteOldAsync(TimeSpan.FromDays(30), Cancel)).ShouldBe(1);
        (await Store.ListAsync(10, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Write_LastAttemptFailed_IsGivenUp()
    {
        await SpreadOneAsync();
        var due = (await Store.TakeDueAsync(10, TimeSpan.FromMinutes(1), Cancel)).ShouldHaveSingleItem();
        await Store.WriteAsync(due, new WebhookResult(null, "No."), null, Cancel);
        (await Store.ListAsync(10, Cancel)).ShouldHaveSingleItem().State.ShouldBe("failed");
    }

    private async Task<WebhookEvent> HappenAsync()
    {
        await Batches.ApplyAsync(await ImportAsync(1), BatchAction.Cancel, Cancel);
        return (await Store.TakeEventsAsync(10, Cancel)).ShouldHaveSingleItem();
    }

    private async Task SpreadOneAsync() => await Store.SpreadAsync((await HappenAsync()).Id, ["https://a.example/"], """{"a":1}""", Cancel);
}
