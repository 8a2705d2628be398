namespace Darkroom.Jobs.Editing;

/// <summary>What an <see cref="ImageScanner"/> came upon.</summary>
internal enum ScanEvent
{
    /// <summary>Nothing: more input is wanted.</summary>
    None,

    /// <summary>An image begins; the next decoded bytes are its first.</summary>
    ImageStarted,

    /// <summary>An image ended, and was good base64.</summary>
    ImageEnded,

    /// <summary>An image ended that was not good base64.</summary>
    ImageBroken,

    /// <summary>All but the images is larger than the skeleton may be, or nested too deep: no answer that we know.</summary>
    TooLarge,
}
