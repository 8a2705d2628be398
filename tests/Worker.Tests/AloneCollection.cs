namespace Darkroom.Worker.Tests;

/// <summary>Tests of promises in seconds run one after another, when nothing else runs: beside others they would measure the machine.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
