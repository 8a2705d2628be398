using System.Security.Cryptography;
using Darkroom.Jobs.Outputs;
using Darkroom.Simulator.Accounts;
using Darkroom.Testing.Postgres;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>Holds the books against each other: the simulator's account, the attempts, the ledger, the items and the image store.</summary>
internal sealed class FaultAccount
{
    private const string ReadAttempts = """
        select i.key, i.state, a.number, a.state, coalesce(a.request_id, ''), a.started_at, coalesce(l.kind, ''), coalesce(a.error ->> 'code', '')
        from attempt a join item i on i.id = a.item_id left join ledger l on l.attempt_id = a.id order by i.id, a.number
        """;

    private readonly IReadOnlyList<BilledEdit> _billed;
    private readonly List<AttemptRow> _attempts;
    private readonly Dictionary<string, BilledEdit> _byRequest;

    private FaultAccount(IReadOnlyList<BilledEdit> billed, List<AttemptRow> attempts) =>
        (_billed, _attempts, _byRequest) = (billed, attempts, billed.ToDictionary(edit => edit.RequestId, StringComparer.Ordinal));

    /// <summary>Rows of the ledger with usage.</summary>
    public int Reported => _attempts.Count(attempt => attempt.Ledger == "reported");

    /// <summary>Rows of the ledger for unknown outcomes.</summary>
    public int Unconfirmed => _attempts.Count(attempt => attempt.Ledger == "unconfirmed");

    /// <summary>Of these, billed in truth.</summary>
    public int UnconfirmedBilled { get; private set; }

    /// <summary>Billings beyond an item's first, by why the outcome of the call before was unknown.</summary>
    public Dictionary<string, int> Twice { get; } = new(StringComparer.Ordinal);

    public static async Task<FaultAccount> ReadAsync(TestDatabase database, IReadOnlyList<BilledEdit> billed)
    {
        var attempts = new List<AttemptRow>();
        await using var command = database.DataSource.CreateCommand(ReadAttempts);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            attempts.Add(new AttemptRow(
                reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), reader.GetDateTime(5), reader.GetString(6), reader.GetString(7)));
        }

        return new FaultAccount(billed, attempts);
    }

    /// <summary>Checks every call: what was surely answered stands in the ledger once, what was surely not billed isn't there, and what is left is an unknown outcome's.</summary>
    /// <param name="arrived">Calls that the simulator saw.</param>
    public void CheckCalls(long arrived)
    {
        arrived.ShouldBeLessThanOrEqualTo(_attempts.Count, "no call without an attempt");
        foreach (var attempt in _attempts)
        {
            var isBilled = _byRequest.TryGetValue(attempt.RequestId, out var edit);
            if (isBilled) edit!.Prompt.ShouldBe(PromptOf(attempt.Key), $"{attempt} has another item's answer");
            switch (attempt.State)
            {
                case "succeeded" or "adopted":
                    attempt.Ledger.ShouldBe("reported", $"{attempt} is paid for");
                    isBilled.ShouldBeTrue($"{attempt} was never billed");
                    break;
                case "unknown":
                    // With usage: answered, and the image store refused it.
                    attempt.Ledger.ShouldBeOneOf("unconfirmed", "reported");
                    if (attempt.Ledger == "reported") isBilled.ShouldBeTrue($"{attempt} was never billed");
                    break;
                default:
                    attempt.Ledger.ShouldBeEmpty($"{attempt} costs nothing");
                    isBilled.ShouldBeFalse($"{attempt} was billed, and we say that it wasn't");
                    break;
            }
        }

        var named = _attempts.Where(attempt => attempt.RequestId.Length > 0 && _byRequest.ContainsKey(attempt.RequestId)).ToList();
        named.Select(attempt => attempt.RequestId).ShouldBeUnique("no answer is booked twice");
        var known = named.ToDictionary(attempt => attempt.RequestId, StringComparer.Ordinal);
        // What no attempt names was sent by one that never saw the answer: each is another unknown one of the very item, begun before it was billed.
        var open = _attempts.Where(attempt => attempt is { State: "unknown", Ledger: "unconfirmed" } && !_byRequest.ContainsKey(attempt.RequestId)).OrderBy(attempt => attempt.StartedAt).ToList();
        UnconfirmedBilled = named.Count(attempt => attempt.Ledger == "unconfirmed");
        foreach (var edit in _billed.Where(edit => !known.ContainsKey(edit.RequestId)).OrderBy(edit => edit.At))
        {
            var cause = open.Find(attempt => PromptOf(attempt.Key) == edit.Prompt && attempt.StartedAt <= edit.At.UtcDateTime);
            cause.ShouldNotBeNull($"request {edit.RequestId} for '{edit.Prompt}' was billed at {edit.At:O}, and no call of unknown outcome explains it:\n{History(edit.Prompt)}");
            open.Remove(cause);
            UnconfirmedBilled++;
        }

        _billed.Count.ShouldBe(Reported + UnconfirmedBilled, "billed calls are the ledger's rows and the unconfirmed ones that were billed");
        CheckRepeats();
    }

    /// <summary>Checks that every output is what the simulator sent for its item, byte for byte.</summary>
    /// <returns>Items that succeeded and whose outputs aren't there.</returns>
    public async Task<int> CheckOutputsAsync(TestDatabase database, IImageStore store)
    {
        var lost = 0;
        await using var command = database.DataSource.CreateCommand(
            "select i.key, a.request_id, o.path, o.sha256, o.bytes from item i left join output o on o.item_id = i.id left join attempt a on a.id = o.attempt_id where i.state = 'succeeded'");
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            var image = await reader.IsDBNullAsync(2, TestContext.Current.CancellationToken) ? null : await store.OpenReadAsync(reader.GetString(2), TestContext.Current.CancellationToken);
            if (image is null)
            {
                lost++;
                continue;
            }

            await using (image)
            {
                var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(image, TestContext.Current.CancellationToken));
                sha256.ShouldBe(reader.GetString(3), $"{reader.GetString(2)} is what was stored");
                _byRequest[reader.GetString(1)].ImageSha256.ShouldBe([sha256], $"{reader.GetString(2)} is what was sent for {reader.GetString(0)}");
            }
        }

        return lost;
    }

    /// <summary>Whether bytes are an image that the simulator sent.</summary>
    public bool WasSent(byte[] image) => _billed.Any(edit => edit.ImageSha256.Contains(Convert.ToHexStringLower(SHA256.HashData(image)), StringComparer.Ordinal));

    private static string PromptOf(string key) => $"Paint {key}.";

    // An item is billed again only after as many calls of unknown outcome, or of an answer that couldn't be stored.
    private void CheckRepeats()
    {
        foreach (var calls in _billed.GroupBy(edit => edit.Prompt, StringComparer.Ordinal).Where(calls => calls.Count() > 1))
        {
            var causes = _attempts.Where(attempt => PromptOf(attempt.Key) == calls.Key && attempt.State == "unknown").ToList();
            calls.Count().ShouldBeLessThanOrEqualTo(1 + causes.Count, $"'{calls.Key}' was billed more often than its unknown outcomes explain:\n{History(calls.Key)}");
            foreach (var cause in causes.Take(calls.Count() - 1)) Twice[cause.Code] = Twice.GetValueOrDefault(cause.Code) + 1;
        }
    }

    private string History(string prompt) => string.Join('\n', _attempts.Where(attempt => PromptOf(attempt.Key) == prompt));

    private sealed record AttemptRow(string Key, string ItemState, int Number, string State, string RequestId, DateTime StartedAt, string Ledger, string Code);
}
