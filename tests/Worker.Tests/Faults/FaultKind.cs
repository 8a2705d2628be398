namespace Darkroom.Worker.Tests.Faults;

/// <summary>What can befall a worker.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL, and a new one in its place.</summary>
    Kill,

    /// <summary>SIGSTOP past its lease, then SIGCONT.</summary>
    Freeze,

    /// <summary>SIGTERM, and a new one in its place.</summary>
    Stop,

    /// <summary>Every connection to the database is cut.</summary>
    CutDatabase,
}
