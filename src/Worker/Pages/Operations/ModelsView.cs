using Darkroom.Jobs.Models;

namespace Darkroom.Worker.Pages.Operations;

/// <summary>What the page of models shows.</summary>
/// <param name="Book">The model book.</param>
/// <param name="Today">UTC.</param>
public sealed record ModelsView(ModelBook Book, DateOnly Today);
