namespace Darkroom.Jobs.Editing;

/// <summary>What one step of <see cref="ImageScanner"/> did.</summary>
/// <param name="Consumed">Bytes of input that are done with.</param>
/// <param name="Written">Decoded bytes in the output.</param>
/// <param name="Event">What happened at the end of the step.</param>
internal readonly record struct ScanStep(int Consumed, int Written, ScanEvent Event);
