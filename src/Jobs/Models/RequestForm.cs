namespace Darkroom.Jobs.Models;

/// <summary>How a model wants its request written.</summary>
public enum RequestForm
{
    /// <summary>A JSON body with <c>images</c> by reference (docs/endpoint.md, Requests).</summary>
    Json,

    /// <summary><c>multipart/form-data</c> with the image's bytes: dall-e-2 only (docs/endpoint.md, Requests).</summary>
    Multipart,
}
