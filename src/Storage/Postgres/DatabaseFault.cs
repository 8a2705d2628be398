namespace Darkroom.Storage.Postgres;

/// <summary>Something about the database that Darkroom can't work with, or not well.</summary>
/// <param name="Reason">What it is: a sentence.</param>
/// <param name="Cure">What to do: a sentence.</param>
/// <param name="IsFatal">Whether no command can work on this database as it is.</param>
public sealed record DatabaseFault(string Reason, string Cure, bool IsFatal);
