namespace Darkroom.Jobs.Editing;

/// <summary>A source could not be read to its end while the body was being written; told apart so from a broken connection.</summary>
internal sealed class SourceReadException(string message, Exception? innerException = null) : Exception(message, innerException);
