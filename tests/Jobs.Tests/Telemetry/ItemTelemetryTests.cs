using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Telemetry;
using Darkroom.Jobs.Tests.Running;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Darkroom.Jobs.Tests.Telemetry;

public sealed class ItemTelemetryTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Measured _measured = new();
    private readonly ItemTelemetry _telemetry;

    public ItemTelemetryTests() => _telemetry = new ItemTelemetry(_measured.Metrics, _time);

    public void Dispose() => _measured.Dispose();

    [Fact]
    public void Completed_Succeeded_CountsItemCallTokensAndCost()
    {
        _telemetry.Completed(
            new ItemCompletion(Claims.Item(), ItemState.Succeeded)
            {
                AttemptState = AttemptState.Succeeded,
                Ledger = new LedgerEntry(LedgerKinds.Reported, new TokenUsage(16, 176, 0, 272), 1, 0.25m, "book"),
            },
            held: true);

        _measured.All.ShouldBe([
            "darkroom.items 1 darkroom.item.state=succeeded gen_ai.request.model=gpt-image-2",
            "darkroom.attempts 1 darkroom.attempt.state=succeeded gen_ai.request.model=gpt-image-2",
            "darkroom.cost 0.25 darkroom.ledger.kind=reported gen_ai.request.model=gpt-image-2",
            "gen_ai.client.token.usage 16 darkroom.token.modality=text gen_ai.operation.name=edit_image gen_ai.request.model=gpt-image-2 gen_ai.token.type=input",
            "gen_ai.client.token.usage 176 darkroom.token.modality=image gen_ai.operation.name=edit_image gen_ai.request.model=gpt-image-2 gen_ai.token.type=input",
            "gen_ai.client.token.usage 272 darkroom.token.modality=image gen_ai.operation.name=edit_image gen_ai.request.model=gpt-image-2 gen_ai.token.type=output",
        ]);
    }

    [Fact]
    public void Completed_LaterAgain_IsACallButNoItem()
    {
        _telemetry.Completed(new ItemCompletion(Claims.Item(), ItemState.Pending) { AttemptState = AttemptState.Throttled }, held: true);
        _measured.All.ShouldBe(["darkroom.attempts 1 darkroom.attempt.state=throttled gen_ai.request.model=gpt-image-2"]);
    }

    [Fact]
    public void Completed_Unconfirmed_CountsTheCostApartAndNoTokens()
    {
        _telemetry.Completed(
            new ItemCompletion(Claims.Item(), ItemState.Held) { AttemptState = AttemptState.Unknown, Ledger = new LedgerEntry(LedgerKinds.Unconfirmed, new TokenUsage(1, 2, 3, 4), 1, 2m, "book") },
            held: true);
        _measured.Of(MetricNames.Cost).ShouldBe(["2 darkroom.ledger.kind=unconfirmed gen_ai.request.model=gpt-image-2"]);
        _measured.Of(MetricNames.Tokens).ShouldBeEmpty();
    }

    [Fact]
    public void Completed_ClaimLost_IsALeaseLossAndNothingElse()
    {
        _telemetry.Completed(new ItemCompletion(Claims.Item(), ItemState.Succeeded) { AttemptState = AttemptState.Succeeded }, held: false);
        _measured.All.ShouldBe(["darkroom.lease.losses 1"]);
    }

    [Fact]
    public void Begin_UntilDisposed_IsInFlight()
    {
        _telemetry.Begin(Claims.Item()).Dispose();
        _measured.Of(MetricNames.InFlight).ShouldBe(["1", "-1"]);
    }

    [Fact]
    public async Task WaitAsync_Entering_MeasuresTheWait()
    {
        await _telemetry.WaitAsync("g", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            return Task.FromResult(1);
        });
        _measured.All.ShouldBe(["darkroom.limiter.wait 3 darkroom.limits_group=g"]);
    }

    [Fact]
    public async Task StoreAsync_Fault_IsMeasuredWithItsType()
    {
        await Should.ThrowAsync<ImageStoreException>(() => _telemetry.StoreAsync<int>("commit", () => throw new ImageStoreException("Full.")));
        _measured.All.ShouldBe(["darkroom.store.operation.duration 0 darkroom.store.operation=commit error.type=ImageStoreException"]);
    }

    [Theory]
    [InlineData("https://api.openai.com/v1", "openai", "api.openai.com")]
    [InlineData("https://name.openai.azure.com/openai/v1", "azure.ai.openai", "name.openai.azure.com")]
    public async Task SendAsync_Answer_IsMeasuredByTheConventions(string address, string provider, string host)
    {
        var inner = Substitute.For<IEditClient>();
        inner.SendAsync(default!, default!, default).ReturnsForAnyArgs(_ =>
        {
            _time.Advance(TimeSpan.FromSeconds(20));
            return new EditOutcome.Throttled(new ServiceError(ErrorClasses.Throttled, "c", "Slow."), null);
        });

        await Observed(inner, address).SendAsync(Request(), Substitute.For<IOutputSink>(), CancellationToken.None);

        _measured.All.ShouldBe([
            $"gen_ai.client.operation.duration 20 error.type={ErrorClasses.Throttled} gen_ai.operation.name=edit_image gen_ai.provider.name={provider} "
            + $"gen_ai.request.model=gpt-image-2 server.address={host} server.port=443",
        ]);
    }

    [Fact]
    public async Task SendAsync_Fault_PassesAndIsMeasured()
    {
        var inner = Substitute.For<IEditClient>();
        inner.SendAsync(default!, default!, default).ThrowsAsyncForAnyArgs(new ImageStoreException("Full."));
        await Should.ThrowAsync<ImageStoreException>(() => Observed(inner, "http://127.0.0.1:9/v1").SendAsync(Request(), Substitute.For<IOutputSink>(), CancellationToken.None));
        _measured.All.Single().ShouldContain("error.type=ImageStoreException");
    }

    [Fact]
    public void Record_Depth_TellsEveryOpenState()
    {
        _measured.Metrics.WantsQueue.ShouldBeTrue();
        _measured.Metrics.Record(new QueueDepth(TimeSpan.FromSeconds(90), 7, 2, new Dictionary<BatchState, long> { [BatchState.Halted] = 1 }));
        _measured.All.ShouldBe([
            "darkroom.queue.oldest_due 90", "darkroom.queue.due 7", "darkroom.processes 2",
            "darkroom.batches 0 darkroom.batch.state=importing", "darkroom.batches 0 darkroom.batch.state=awaiting_approval",
            "darkroom.batches 0 darkroom.batch.state=queued", "darkroom.batches 0 darkroom.batch.state=running", "darkroom.batches 0 darkroom.batch.state=paused", "darkroom.batches 1 darkroom.batch.state=halted",
        ], ignoreOrder: true);
    }

    private static EditRequest Request() => new(Claims.Item().Input, "A mug", Claims.Item().Options);

    private ObservedEditClient Observed(IEditClient inner, string address) =>
        new(inner, _measured.Metrics, Options.Create(new EndpointOptions { BaseUrl = address }), _time);
}
