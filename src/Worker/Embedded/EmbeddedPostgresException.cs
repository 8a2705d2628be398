namespace Darkroom.Worker.Embedded;

/// <summary>The private PostgreSQL can't be had; the message says why and what to do.</summary>
public sealed class EmbeddedPostgresException(string message) : Exception(message);
