using Darkroom.Jobs.Manifests.Reading;

namespace Darkroom.Jobs.Manifests.Planning;

/// <summary>Keeps the first problems and counts all.</summary>
internal sealed class ProblemList(string file, int bound)
{
    private readonly List<ManifestProblem> _problems = [];

    /// <summary>How many there were.</summary>
    public long Total { get; private set; }

    public void Add(ManifestRow row)
    {
        foreach (var fault in row.Faults) Add(row.Line, fault);
    }

    public void Add(int line, FieldFault fault)
    {
        Total++;
        if (_problems.Count < Math.Max(1, bound)) _problems.Add(new ManifestProblem(file, line, fault.Field, fault.Reason));
    }

    public InvalidManifestException ToException() => new(_problems, Total);
}
