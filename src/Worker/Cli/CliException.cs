namespace Darkroom.Worker.Cli;

/// <summary>The command can't be done as asked; the message says why, and what would be right.</summary>
public sealed class CliException(string message) : Exception(message);
