using System.Collections.Concurrent;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Tests.Running;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

/// <summary>A limit store whose answers the test gives, question by question.</summary>
internal sealed class ScriptedLimitStore : ILimitStore
{
    private readonly ConcurrentQueue<Question> _questions = new();
    private readonly SemaphoreSlim _come = new(0);
    private int _asked;
    private int _released;
    private long _tokens;

    public int Asked => Volatile.Read(ref _asked);

    public int Released => Volatile.Read(ref _released);

    public int ReleaseFaults { get; set; }

    public long Tokens => Interlocked.Read(ref _tokens);

    public ConcurrentQueue<LateStarts> Late { get; } = new();

    public ConcurrentQueue<LimitNews> News { get; } = new();

    public Task<StartReservation> ReserveAsync(
        string group, long processId, GroupLimits limits, IReadOnlyList<CallCost> calls, TimeSpan horizon, CancellationToken cancellationToken)
    {
        horizon.ShouldBeInRange(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5));
        var question = new Question(group, processId, limits, [.. calls]);
        _questions.Enqueue(question);
        Interlocked.Increment(ref _asked);
        _come.Release();
        return question.Reservation;
    }

    public Task BeganLateAsync(string group, LateStarts late, CancellationToken cancellationToken)
    {
        Late.Enqueue(late);
        return Task.CompletedTask;
    }

    public Task SettleAsync(string group, long processId, int slots, long tokens, CancellationToken cancellationToken)
    {
        if (ReleaseFaults-- > 0) throw new AwayException();
        Interlocked.Add(ref _tokens, tokens);
        Interlocked.Add(ref _released, slots);
        return Task.CompletedTask;
    }

    public Task LearnAsync(LimitNews news, CancellationToken cancellationToken)
    {
        News.Enqueue(news);
        return Task.CompletedTask;
    }

    /// <summary>How long ago each model gave an image.</summary>
    public ConcurrentDictionary<string, TimeSpan> Proven { get; } = new(StringComparer.Ordinal);

    /// <summary>Endpoint and model of every question and word about what is proven.</summary>
    public ConcurrentQueue<string> Proofs { get; } = new();

    public Task<TimeSpan?> ProvenAgoAsync(string endpoint, string model, CancellationToken cancellationToken)
    {
        Proofs.Enqueue($"? {endpoint} {model}");
        return Task.FromResult<TimeSpan?>(Proven.TryGetValue(model, out var ago) ? ago : null);
    }

    public Task ProveAsync(string endpoint, string model, CancellationToken cancellationToken)
    {
        Proofs.Enqueue($"! {endpoint} {model}");
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<LimitState>> ReadAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ConcurrentQueue<string> Succeeded { get; } = new();

    public Queue<TimeSpan> RefusedFor { get; } = new();

    public ConcurrentQueue<(string Group, string Batch, LimitRefusal Refusal)> Refusals { get; } = new();

    public Task SucceededAsync(string group, CancellationToken cancellationToken)
    {
        Succeeded.Enqueue(group);
        return Task.CompletedTask;
    }

    public Task<TimeSpan> RefusedAsync(string group, string batchId, LimitRefusal refusal, TimeSpan gap, CancellationToken cancellationToken)
    {
        Refusals.Enqueue((group, batchId, refusal));
        return Task.FromResult(RefusedFor.Dequeue());
    }

    public Task<IReadOnlyList<ForgottenLimit>> ForgetAsync(string? group, Actor by, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<LimitHold>> ReadHoldsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public async Task<Question> NextAsync()
    {
        (await _come.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).ShouldBeTrue();
        _questions.TryDequeue(out var question).ShouldBeTrue();
        return question!;
    }

    internal sealed class Question(string group, long process, GroupLimits limits, CallCost[] costs)
    {
        private readonly TaskCompletionSource<StartReservation> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Group { get; } = group;

        public long Process { get; } = process;

        public GroupLimits Limits { get; } = limits;

        public CallCost[] Costs { get; } = costs;

        public Task<StartReservation> Reservation => _answer.Task;

        public void Grant(params double[] seconds) => Answer(new StartReservation([.. seconds.Select(TimeSpan.FromSeconds)], TimeSpan.Zero));

        public void Answer(StartReservation reservation) => _answer.SetResult(reservation);

        public void Fail(Exception exception) => _answer.SetException(exception);
    }
}
