namespace Darkroom.Storage.Postgres.Migrations;

/// <summary>The database's schema and this program don't fit together; the message says how and what to do.</summary>
public sealed class MigrationException(string message) : Exception(message);
