using System.Collections.Concurrent;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Running;

/// <summary>An item runner with everything around it stood in for, and a log of what it did in which order.</summary>
internal sealed class Workshop
{
    public Workshop(TimeProvider? time = null, WorkerOptions? options = null)
    {
        Time = time ?? TimeProvider.System;
        Place = new CallPlaceStandIn(Log);
        Enter = _ => Noted("enter", () => Task.FromResult<ICallPlace>(Place));
        Options = Microsoft.Extensions.Options.Options.Create(options ?? new WorkerOptions());
        Processes.RegisterAsync(default, default, default).ReturnsForAnyArgs(42);
        Process = new WorkerProcess(Processes, Options, Time, NullLogger<WorkerProcess>.Instance);
        Process.RegisterAsync(takesBatches: true, CancellationToken.None).GetAwaiter().GetResult();

        Limiter.EnterAsync(default!, default).ReturnsForAnyArgs<Task<ICallPlace>>(call => Enter(call.Arg<CancellationToken>()));
        Limiter.Appetite("").ReturnsForAnyArgs(int.MaxValue);
        Limiter.LearnAsync(default!, default).ReturnsForAnyArgs(_ => Noted("learn", Learn));
        Items.BeginAttemptsAsync(default, default!, default).ReturnsForAnyArgs<Task<IReadOnlyList<Attempt?>>>(call =>
            Noted("begin", () => Task.FromResult(Begin(call.Arg<IReadOnlyList<ClaimedItem>>()))));
        Items.CompleteAsync(default!, default).ReturnsForAnyArgs<Task<IReadOnlyList<bool>>>(call => Noted("complete", () =>
        {
            var set = call.Arg<IReadOnlyList<ItemCompletion>>();
            var held = Complete(set);
            foreach (var completion in set) Completions.Enqueue(completion);
            return Task.FromResult(held);
        }));
        Items.ReleaseAsync(default!, default).ReturnsForAnyArgs(_ => Noted("release", () => Task.CompletedTask));
        Items.ClaimAsync(default, default!, default).ReturnsForAnyArgs<Task<IReadOnlyList<ClaimedItem>>>(call => Task.FromResult(Claim(call.Arg<IReadOnlyCollection<ClaimQuota>>())));
        Client.SendAsync(default!, default!, default).ReturnsForAnyArgs<Task<EditOutcome>>(call => Noted("send", () => Send(call.Arg<CancellationToken>())));
        Sink.CommitAsync(default!, default).ReturnsForAnyArgs([new StoredImage(0, "p", 1, "aa", "png", 1, 1)]).AndDoes(_ => Log.Enqueue("commit"));
        Images.OpenSink(default!).ReturnsForAnyArgs(Sink);
        Warnings = new RepeatedWarnings(Time, new ListLogger<RepeatedWarnings>(Lines));
        Journal = new WorkJournal(Items, Process, Time, NullLogger<WorkJournal>.Instance);
        Runner = new ItemRunner(Limiter, Journal, Client, Images, Items, Claims.Policy(), ModelBook.BuiltIn, new CallCosts(new CallPricing(ModelBook.BuiltIn, Time)),
            Microsoft.Extensions.Options.Options.Create(new LimitsOptions()), Warnings, new ListLogger<ItemRunner>(Lines));
        Pump = new Pump(Items, Runner, new ClaimShares(Limiter, ModelBook.BuiltIn), Process, Options, Time, Warnings, NullLogger<Pump>.Instance);
        Jobs.BeginAsync("", 0, default).ReturnsForAnyArgs(true);
        var kept = new KeptAdoption(new KeepingImageStore(Images, new KeptImages(Path.Combine(Path.GetTempPath(), "darkroom-nothing-kept"), 1, Time), TimeSpan.Zero, Time, NullLogger<KeepingImageStore>.Instance), Items, Time, NullLogger<KeptAdoption>.Instance);
        Job = new BatchJob(Jobs, Batches, Items, Images, Pump, Process, kept, [Ending], Warnings, Time, NullLogger<BatchJob>.Instance);
    }

    /// <summary>Enters the limiter.</summary>
    public Func<CancellationToken, Task<ICallPlace>> Enter { get; set; }

    /// <summary>Learns from an answer.</summary>
    public Func<Task> Learn { get; set; } = () => Task.CompletedTask;

    /// <summary>Begins attempts.</summary>
    public Func<IReadOnlyList<ClaimedItem>, IReadOnlyList<Attempt?>> Begin { get; set; } = items => [.. items.Select(_ => Claims.First)];

    /// <summary>Completes items.</summary>
    public Func<IReadOnlyList<ItemCompletion>, IReadOnlyList<bool>> Complete { get; set; } = set => [.. set.Select(_ => true)];

    /// <summary>Claims items.</summary>
    public Func<IReadOnlyCollection<ClaimQuota>, IReadOnlyList<ClaimedItem>> Claim { get; set; } = _ => [];

    /// <summary>Makes the call.</summary>
    public Func<CancellationToken, Task<EditOutcome>> Send { get; set; } = _ => Task.FromResult<EditOutcome>(new EditOutcome.Succeeded(null, 1));

    public CallPlaceStandIn Place { get; }

    public TimeProvider Time { get; }

    public IOptions<WorkerOptions> Options { get; }

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>What the runner logs as a warning or worse, and the counts of repeated ones.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    public RepeatedWarnings Warnings { get; }

    public ConcurrentQueue<ItemCompletion> Completions { get; } = new();

    public IProcessStore Processes { get; } = Substitute.For<IProcessStore>();

    public ILimiter Limiter { get; } = Substitute.For<ILimiter>();

    public IItemStore Items { get; } = Substitute.For<IItemStore>();

    public IBatchStore Batches { get; } = Substitute.For<IBatchStore>();

    public IEditClient Client { get; } = Substitute.For<IEditClient>();

    public IImageStore Images { get; } = Substitute.For<IImageStore>();

    public IOutputSink Sink { get; } = Substitute.For<IOutputSink>();

    public WorkerProcess Process { get; }

    public WorkJournal Journal { get; }

    public ItemRunner Runner { get; }

    public Pump Pump { get; }

    public IBatchJobStore Jobs { get; } = Substitute.For<IBatchJobStore>();

    public IBatchEnding Ending { get; } = Substitute.For<IBatchEnding>();

    public BatchJob Job { get; }

    public static Batch Batch(BatchState state, string id = "b-1") => new(id, "test", state, null, null, 5, DateTimeOffset.UnixEpoch, null);

    private T Noted<T>(string what, Func<T> act)
    {
        Log.Enqueue(what);
        return act();
    }
}
