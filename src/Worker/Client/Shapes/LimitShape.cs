namespace Darkroom.Worker.Client.Shapes;

/// <summary>The limits of a group of models; what is null is not limited.</summary>
/// <param name="Group">The group.</param>
/// <param name="Models">Its models.</param>
/// <param name="RequestsPerMinute">Calls.</param>
/// <param name="ImagesPerMinute">Images asked for.</param>
/// <param name="InputImagesPerMinute">Images sent along.</param>
/// <param name="TokensPerMinute">Tokens.</param>
/// <param name="MaxInFlight">Calls at once.</param>
public sealed record LimitShape(
    string Group,
    IReadOnlyList<string> Models,
    double? RequestsPerMinute,
    double? ImagesPerMinute,
    double? InputImagesPerMinute,
    double? TokensPerMinute,
    int? MaxInFlight);
