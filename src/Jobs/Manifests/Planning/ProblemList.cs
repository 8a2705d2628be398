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

    /// <summary>Adds what was found last and stands at the top, such as a column of the header: told first, whatever else there is.</summary>
    public void AddFirst(int line, FieldFault fault)
    {
        Total++;
        _problems.Insert(0, new ManifestProblem(file, line, fault.Field, fault.Reason));
        if (_problems.Count > Math.Max(1, bound)) _problems.RemoveAt(_problems.Count - 1);
    }

    public InvalidManifestException ToException() => new(_problems, Total);
}
