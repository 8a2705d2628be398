namespace Darkroom.Worker.Configuration;

/// <summary>Section <c>ConnectionStrings</c>.</summary>
public sealed class ConnectionSettings
{
    /// <summary>The PostgreSQL database that holds the state; without it a private one is kept under <c>.darkroom/</c>.</summary>
    public string? Postgres { get; set; }
}
