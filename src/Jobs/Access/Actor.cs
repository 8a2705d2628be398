namespace Darkroom.Jobs.Access;

/// <summary>Who does something: it stands in the audit with what was done.</summary>
/// <param name="Name">A key's name, <c>user@host</c> of the command line, or <c>local</c>.</param>
/// <param name="Via">Where from: <c>cli</c>, <c>api</c> or <c>page</c>.</param>
public sealed record Actor(string Name, string Via);
