namespace Darkroom.Worker.Configuration;

/// <summary>The database: section <c>ConnectionStrings</c>.</summary>
public sealed class ConnectionSettings
{
    /// <summary>
    /// The PostgreSQL database, as <c>Host=…;…</c> or <c>postgres://…</c>; <c>docs/operations.md</c> has the forms. When not set: a private PostgreSQL under
    /// <c>.darkroom/</c>. A secret.
    /// </summary>
    public string? Postgres { get; set; }
}
