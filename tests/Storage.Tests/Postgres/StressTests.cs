using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Running;
using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>
/// Workers that claim, send, complete, give up, die and come back with stale claims, while somebody pauses, resumes, retries and finishes: whatever they do
/// at once, nothing deadlocks, no promise is broken, and in the end nothing is lost.
/// </summary>
public sealed class StressTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    private const int Workers = 6;

    // A batch that has ended well has no open item, at any moment; one statement sees one moment.
    private const string BrokenPromises = """
        select count(*) from batch b
        where b.id = any ($1) and b.state in ('completed', 'completed_with_errors') and exists (select from item i where i.batch_id = b.id and i.state in ('pending', 'sending'))
        """;

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task EverythingAtOnce_EndsWithEveryItemEndedOnce(int seed)
    {
        string[] batches = [await ImportAsync(150, maxAttempts: 100), await ImportAsync(150, maxAttempts: 100), await ImportAsync(60, maxAttempts: 100)];
        using var done = new CancellationTokenSource();
        var people = Task.WhenAll(Enumerable.Range(0, 2).Select(person => Task.Run(() => MeddleAsync(batches, new Random(HashCode.Combine(seed, person)), done.Token), Cancel)));
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(batches, new Random(HashCode.Combine(seed, 100 + worker)), 120), Cancel)));
        await done.CancelAsync();
        await people;

        foreach (var batch in batches) await Batches.ApplyAsync(batch, BatchAction.Resume, Cancel);
        await Batches.ApplyAsync(batches[2], BatchAction.Cancel, Cancel);
        var last = await RegisterAsync();
        foreach (var batch in batches)
        {
            var left = await ClaimAsync(last, batch);
            var open = new List<Attempt>();
            foreach (var item in left.Where(item => item.State == ItemState.Sending)) open.Add(await Items.GetOpenAttemptAsync(item, Cancel));
            var recovered = left.Where(item => item.State == ItemState.Sending).Zip(open, (item, attempt) => Succeeded(item, attempt)).ToList();
            if (recovered.Count > 0) (await Items.CompleteAsync(recovered, Cancel)).ShouldAllBe(held => held);
            await Items.ReleaseAsync([.. left.Where(item => item.State == ItemState.Pending)], Cancel);
            await WorkOffAsync(last, batch, (item, attempt) => Succeeded(item, attempt));
            (await Batches.TryFinishAsync(batch, Cancel)).State.IsFinal().ShouldBeTrue();
        }

        (await ScalarAsync<long>("select count(*) from item where batch_id = any ($1) and (state in ('pending', 'sending') or lease_owner is not null)", (object)batches)).ShouldBe(0);
        (await ScalarAsync<long>("select count(*) from attempt where batch_id = any ($1) and state = 'sending'", (object)batches)).ShouldBe(0);
        (await ScalarAsync<long>(
            """
            select count(*) from item i where i.batch_id = any ($1)
                and (i.calls <> (select count(*) from attempt a where a.item_id = i.id)
                     or (i.state = 'succeeded') <> exists (select from output o where o.item_id = i.id)
                     or (select count(*) from attempt a where a.item_id = i.id and a.state = 'succeeded') <> (select count(*) from ledger l where l.item_id = i.id and l.kind = 'reported')
                     or (select count(*) from attempt a where a.item_id = i.id and a.state = 'succeeded') > 1)
            """, (object)batches)).ShouldBe(0);
        (await ScalarAsync<long>(BrokenPromises, (object)batches)).ShouldBe(0);
    }

    private async Task WorkAsync(string[] batches, Random random, int rounds)
    {
        var process = await RegisterAsync();
        for (var round = 0; round < rounds; round++)
        {
            var claimed = await Items.ClaimAsync(process, [.. batches.Select(batch => new ClaimQuota(batch, random.Next(1, 5)))], Cancel);
            if (claimed.Count == 0) foreach (var batch in batches) await Batches.TryFinishAsync(batch, Cancel);
            var (fresh, sending) = (claimed.Where(item => item.State == ItemState.Pending).ToList(), claimed.Where(item => item.State == ItemState.Sending).ToList());
            var attempts = await Items.BeginAttemptsAsync(process, fresh, Cancel);
            var begun = fresh.Zip(attempts).Where(pair => pair.Second is not null).Select(pair => (Item: pair.First, Attempt: pair.Second!)).ToList();
            foreach (var item in sending) begun.Add((item, await Items.GetOpenAttemptAsync(item, Cancel)));
            await Items.ReleaseAsync([.. fresh.Where((_, at) => attempts[at] is null)], Cancel);

            if (random.Next(12) == 0)
            {
                await DieAsync(process);
                process = await RegisterAsync();
                // The frozen one wakes up later and writes what it has: for what is still its own that is right, for the rest it changes nothing.
                if (random.Next(2) == 0) continue;
            }

            if (random.Next(15) == 0 && begun.Count > 0)
            {
                await Items.ReleaseAsync([begun[0].Item], Cancel);
                begun.RemoveAt(0);
            }

            if (begun.Count > 0) await Items.CompleteAsync([.. begun.OrderBy(_ => random.Next()).Select(pair => Outcome(pair.Item, pair.Attempt, random))], Cancel);
        }

        await Processes.RetireAsync(process, Cancel);
    }

    private static ItemCompletion Outcome(ClaimedItem item, Attempt attempt, Random random) => random.Next(10) switch
    {
        0 => Failed(item, attempt),
        1 => Failed(item, attempt, ItemState.Held) with { AttemptState = AttemptState.Unknown, CountsUnknown = true, Ledger = new LedgerEntry(LedgerKinds.Unconfirmed, default, 1, 1m, "b") },
        2 or 3 => Throttled(item, attempt, TimeSpan.Zero),
        4 => Halted(item, attempt, "quota"),
        5 => Failed(item, attempt, ItemState.Pending),
        _ => Succeeded(item, attempt),
    };

    private async Task MeddleAsync(string[] batches, Random random, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            var batch = batches[random.Next(batches.Length)];
            switch (random.Next(6))
            {
                case 0: await Batches.ApplyAsync(batch, BatchAction.Pause, Cancel); break;
                case 1: await Batches.RetryAsync(batch, [ItemState.Failed, ItemState.Held], Cancel); break;
                case 2: await Batches.TryFinishAsync(batch, Cancel); break;
                default: await Batches.ApplyAsync(batch, BatchAction.Resume, Cancel); break;
            }

            (await ScalarAsync<long>(BrokenPromises, (object)batches)).ShouldBe(0);
        }
    }
}
