namespace Darkroom.Worker.Api;

/// <summary>Marks an endpoint that reads the whole query itself, and refuses in it what it doesn't know.</summary>
internal sealed class ReadsWholeQuery;
