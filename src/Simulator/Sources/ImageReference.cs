namespace Darkroom.Simulator.Sources;

/// <summary>An input image as a request names it: exactly one of the three.</summary>
/// <param name="Url">An http(s) or data URL.</param>
/// <param name="FileId">An uploaded file.</param>
/// <param name="Content">The bytes themselves, from a multipart form.</param>
/// <param name="Param">Where it stood in the request, for errors: <c>images[0].image_url</c>.</param>
internal sealed record ImageReference(string? Url, string? FileId, byte[]? Content, string Param);
