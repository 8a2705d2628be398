using Darkroom.Simulator.Answers;

namespace Darkroom.Simulator.Sources;

/// <summary>An input image, or why it can't be had.</summary>
internal readonly record struct SourceLoad(SourcePicture? Picture, ServiceError? Error)
{
    public static implicit operator SourceLoad(SourcePicture picture) => new(picture, null);

    public static implicit operator SourceLoad(ServiceError error) => new(null, error);
}
