using System.Runtime.CompilerServices;
using System.Text.Json;
using Darkroom.Jobs.Manifests.Planning;
using Darkroom.Jobs.Manifests.Reading;

namespace Darkroom.Jobs.Manifests;

/// <summary>One reading of one manifest.</summary>
public sealed class ManifestPlan
{
    private readonly Stream _manifest;
    private readonly ManifestSource _source;
    private readonly BatchDefaults _flags;
    private readonly PlanLimits _limits;
    private readonly IReadOnlyList<IItemCheck> _checks;
    private readonly string _defaultModel;
    private bool _started;

    internal ManifestPlan(Stream manifest, ManifestSource source, BatchDefaults flags, PlanLimits limits, IReadOnlyList<IItemCheck> checks, string defaultModel) =>
        (_manifest, _source, _flags, _limits, _checks, _defaultModel) = (manifest, source, flags, limits, checks, defaultModel);

    /// <summary>What the manifest says of the whole batch; known once the first item came.</summary>
    public ManifestHead Head { get; private set; } = ManifestHead.Empty;

    /// <summary>What rows fell back on, head and flags together; known once the first item came.</summary>
    public BatchDefaults Defaults { get; private set; } = BatchDefaults.Empty;

    /// <summary>What is likely not meant; whole once all was read, also when problems were thrown.</summary>
    public IReadOnlyList<ManifestNote> Notes { get; private set; } = [];

    /// <summary>
    /// Reads the manifest once, in bounded memory. Items come until the first problem; from there on the rest is read only to find all problems, and at the
    /// end they are thrown, so that a caller who rolls back on an exception imports nothing.
    /// </summary>
    /// <exception cref="InvalidManifestException">The manifest has problems, or no items.</exception>
    /// <exception cref="InvalidOperationException">It was read before.</exception>
    public IAsyncEnumerable<PlannedItem> ReadAsync(CancellationToken cancellationToken = default) => ReadItemsAsync(untilFirstProblem: true, cancellationToken);

    /// <summary>The same, but every item that is in order comes, also after a problem: for who only looks.</summary>
    /// <exception cref="InvalidManifestException">The manifest has problems, or no items.</exception>
    /// <exception cref="InvalidOperationException">It was read before.</exception>
    public IAsyncEnumerable<PlannedItem> ReadAllAsync(CancellationToken cancellationToken = default) => ReadItemsAsync(untilFirstProblem: false, cancellationToken);

    private async IAsyncEnumerable<PlannedItem> ReadItemsAsync(bool untilFirstProblem, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_started) throw new InvalidOperationException("A plan is read once: its stream has moved on.");
        _started = true;

        var problems = new ProblemList(_source.Name, _limits.MaxProblems);
        await using var rows = await ManifestReader.OpenAsync(
            _manifest, _source, _limits with { ImagesOptional = _flags.Images.Count > 0 }, cancellationToken);
        var row = new ManifestRow();
        ItemPlanner? planner = null;
        var ordinal = 0;
        while (await rows.ReadAsync(row, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!row.IsItem)
            {
                problems.Add(row);
                continue;
            }

            planner ??= Begin(rows.Head, problems);
            var item = planner.Plan(row, ordinal++);
            problems.Add(row);
            if (item is not null && (problems.Total == 0 || !untilFirstProblem)) yield return item;
        }

        Conclude(rows, planner, problems);
        if (ordinal == 0 && problems.Total == 0) problems.Add(0, new FieldFault(null, "has no items; at least one is needed"));
        if (problems.Total > 0) throw problems.ToException();
    }

    // Whether a column that looks like a slip of a known one is a variable all the same, only the last prompt tells.
    private void Conclude(RowReader rows, ItemPlanner? planner, ProblemList problems)
    {
        if (rows.FileFault is { } fault) problems.AddFirst(0, new FieldFault(null, fault));
        var use = planner?.Variables ?? new Prompts(_flags.Prompt).Variables;
        var slips = rows.Slips.Where(slip => !use.IsTaken(slip.Name)).ToList();
        foreach (var slip in Enumerable.Reverse(slips))
            problems.AddFirst(slip.Line, new FieldFault(ManifestRow.Short(slip.Name), $"is no known column; did you mean \"{slip.Meant}\"? Rename it, or use it in a prompt as {{{{{ManifestRow.Short(slip.Name)}}}}}"));
        Notes = [.. use.Unused(rows.HasColumns, slips.Select(slip => slip.Name).ToHashSet(StringComparer.Ordinal))];
    }

    private ItemPlanner Begin(ManifestHead head, ProblemList problems)
    {
        Head = head;
        Defaults = head.Under(_flags);
        if (Defaults.Options.Model is null) Defaults = Defaults with { Options = Defaults.Options.With("model", JsonSerializer.SerializeToElement(_defaultModel)) };
        var planner = new ItemPlanner(Defaults, new ImageSources(_source.BaseFolder), _checks);
        foreach (var fault in planner.FaultsOfDefaults(_flags)) problems.Add(0, fault);
        return planner;
    }
}
