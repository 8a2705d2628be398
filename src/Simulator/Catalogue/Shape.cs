namespace Darkroom.Simulator.Catalogue;

/// <summary>A shape as its signed distance: negative inside, in pixels of a 512-pixel drawing.</summary>
internal delegate float Shape(float x, float y);
