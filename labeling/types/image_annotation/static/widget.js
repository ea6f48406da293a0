import { ShapesWidget } from "../../labeling/engine/shapes_widget.js";

export default class ImageAnnotationWidget extends ShapesWidget {}

customElements.define("gw-image-annotation", ImageAnnotationWidget);
