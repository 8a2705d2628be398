namespace Darkroom.Storage.Postgres;

/// <summary>No command can work on this database as it is; the message has the reason and the cure.</summary>
public sealed class UnsuitableDatabaseException(DatabaseFault fault) : Exception($"{fault.Reason} {fault.Cure}");
