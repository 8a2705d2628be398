namespace Darkroom.Worker.Client.Shapes;

/// <summary>An image that another one took the place of, since the item was made again.</summary>
/// <param name="Attempt">The attempt that made it.</param>
/// <param name="Number">Its place among that attempt's images, from 0.</param>
/// <param name="Address">Where it can be had, on this server; with <c>/thumbnail</c> behind it a small picture of it.</param>
/// <param name="ReplacedAt">When it was asked for again.</param>
/// <param name="Image">The image.</param>
public sealed record FormerOutputShape(
    int Attempt,
    int Number,
    string Address,
    DateTimeOffset ReplacedAt,
    OutputShape Image);
