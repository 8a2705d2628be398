namespace Darkroom.Worker.Tests.Faults;

/// <summary>What can befall a worker, the database or the image store.</summary>
internal enum FaultKind
{
    /// <summary>A worker: SIGKILL, and a new one in its place.</summary>
    Kill,

    /// <summary>A worker: SIGSTOP past its lease, then SIGCONT.</summary>
    Freeze,

    /// <summary>A worker: SIGTERM, and a new one in its place.</summary>
    Stop,

    /// <summary>Every connection to the database is cut.</summary>
    CutDatabase,

    /// <summary>SIGKILL to every process of PostgreSQL, and a start after a while.</summary>
    KillDatabase,

    /// <summary>PostgreSQL is stopped in mode <c>immediate</c>, and started after a while.</summary>
    DropDatabase,

    /// <summary>PostgreSQL is stopped in mode <c>fast</c>, and started after a while.</summary>
    RestartDatabase,

    /// <summary>Every connection to the image store is reset, and its process ended and started again.</summary>
    RestartStore,

    /// <summary>The image store: SIGSTOP, then SIGCONT.</summary>
    FreezeStore,
}
