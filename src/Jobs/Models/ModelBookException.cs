namespace Darkroom.Jobs.Models;

/// <summary>A model book can't be read. The message names the file, the place in it and what would be right.</summary>
public sealed class ModelBookException : Exception
{
    /// <summary>Makes the error of one place in one file.</summary>
    /// <param name="file">The file as the user named it, or <c>model-book.json</c> for the built-in one.</param>
    /// <param name="place">A JSON path such as <c>$.models[0].sizes.free</c>.</param>
    /// <param name="reason">What is wrong and what would be right.</param>
    /// <param name="inner">The cause, or null.</param>
    public ModelBookException(string file, string place, string reason, Exception? inner = null)
        : base($"{file}: {place}: {reason}", inner)
    {
        File = file;
        Place = place;
        Reason = reason;
    }

    /// <summary>The file's name.</summary>
    public string File { get; }

    /// <summary>The JSON path in it.</summary>
    public string Place { get; }

    /// <summary>What is wrong.</summary>
    public string Reason { get; }
}
