namespace Darkroom.Benchmarks.Decode;

/// <summary>One round of one way.</summary>
/// <param name="GigabytesPerSecond">Bytes of image written, in 10⁹ a second.</param>
/// <param name="AllocatedBytes">Managed bytes allocated an image.</param>
internal readonly record struct DecodeSample(double GigabytesPerSecond, long AllocatedBytes);
